/** Of the default embedder (models/embedder.txt). */
export const embeddingLength = 256;
