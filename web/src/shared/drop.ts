import { FOLDER_DROPPED, NOTHING_DROPPED, type Problem } from './messages';

/** The files of a drop, or why there are none. */
export function dropped(data: DataTransfer): File[] | Problem {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  if (entries.some((entry) => entry?.isDirectory)) return FOLDER_DROPPED;
  const files = [...data.files];
  return files.length > 0 ? files : NOTHING_DROPPED;
}
