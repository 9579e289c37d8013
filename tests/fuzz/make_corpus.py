"""Writes small inputs for the targets of tests/fuzz into tests/fuzz/corpus: what libFuzzer begins with.

Usage: python3 make_corpus.py   (needs python3-onnx, python3-pil and python3-numpy; the files are in the repository)
Findings that were mended lie beside them, under names of their own.
"""

import io
import os
import struct
import tarfile
import zipfile
import zlib

import numpy
import onnx
import onnx.helper as helper
import onnx.numpy_helper
from PIL import Image

CORPUS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus")


def write(name, content):
    path = os.path.join(CORPUS, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)


def gradient(width, height):
    y, x = numpy.mgrid[0:height, 0:width]
    return Image.fromarray(numpy.dstack([x * 255 // width, y * 255 // height, (x + y) % 256]).astype(numpy.uint8))


def encoded(image, **options):
    out = io.BytesIO()
    image.save(out, **options)
    return out.getvalue()


def images():
    picture = gradient(24, 17)
    exif = Image.Exif()
    exif[0x0112] = 6  # Lies on its side.
    yield "baseline.jpg", encoded(picture, format="JPEG", quality=80)
    yield "progressive.jpg", encoded(picture, format="JPEG", progressive=True, subsampling=2)
    yield "turned.jpg", encoded(picture, format="JPEG", exif=exif)
    yield "grey.jpg", encoded(picture.convert("L"), format="JPEG")
    yield "ink.jpg", encoded(picture.convert("CMYK"), format="JPEG")
    yield "colours.png", encoded(picture, format="PNG")
    yield "palette.png", encoded(picture.convert("P", palette=Image.Palette.ADAPTIVE, colors=8), format="PNG", bits=4)
    yield "deep.png", encoded(Image.fromarray(numpy.arange(400, dtype=numpy.uint16).reshape(20, 20) * 160), format="PNG")
    yield "clear.png", encoded(picture.convert("RGBA"), format="PNG")
    yield "lossy.webp", encoded(picture, format="WEBP")
    yield "lossless.webp", encoded(picture, format="WEBP", lossless=True)
    yield "moving.webp", encoded(picture, format="WEBP", save_all=True, append_images=[picture.rotate(90)])


def network(nodes, weights, shape):
    image = helper.make_tensor_value_info("image", onnx.TensorProto.FLOAT, shape)
    out = helper.make_tensor_value_info("out", onnx.TensorProto.FLOAT, None)
    tensors = [onnx.numpy_helper.from_array(values, name) for name, values in weights.items()]
    graph = helper.make_graph(nodes, "g", [image], [out], tensors)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)]).SerializeToString()


def networks():
    node = helper.make_node
    filters = numpy.linspace(-1, 1, 4 * 3 * 9, dtype=numpy.float32).reshape(4, 3, 3, 3)
    dense = numpy.linspace(-1, 1, 64 * 2, dtype=numpy.float32).reshape(64, 2)
    yield "convolution.onnx", network(
        [node("Conv", ["image", "f"], ["c"], pads=[1, 1, 1, 1], strides=[2, 2]), node("Relu", ["c"], ["r"]),
         node("Flatten", ["r"], ["x"]), node("MatMul", ["x", "w"], ["out"])],
        {"f": filters, "w": dense}, [1, 3, 8, 8])
    yield "reshape.onnx", network(
        [node("GlobalAveragePool", ["image"], ["p"]), node("Reshape", ["p", "s"], ["out"])],
        {"s": numpy.array([1, -1], dtype=numpy.int64)}, [1, 3, 8, 8])
    yield "arithmetic.onnx", network(
        [node("Sub", ["image", "m"], ["a"]), node("Mul", ["a", "d"], ["b"]), node("Clip", ["b", "lo", "hi"], ["c"]),
         node("MaxPool", ["c"], ["out"], kernel_shape=[2, 2], strides=[2, 2])],
        {"m": numpy.float32([[[127]]]), "d": numpy.float32([[[0.01]]]), "lo": numpy.float32(0), "hi": numpy.float32(6)},
        [1, 3, 8, 8])


def archives():
    photo = encoded(gradient(8, 8), format="PNG")
    for mode, name in (("w", "photos.tar"), ("w:gz", "photos.tgz"), ("w:xz", "photos.txz")):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode=mode, format=tarfile.GNU_FORMAT) as archive:
            for member in ("a/1.png", "b/1.png"):
                info = tarfile.TarInfo(member)
                info.size = len(photo)
                archive.addfile(info, io.BytesIO(photo))
            link = tarfile.TarInfo("b/2.png")
            link.type, link.linkname = tarfile.SYMTYPE, "../a/1.png"
            archive.addfile(link)
        yield name, out.getvalue()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/1.png", photo)
    yield "photos.zip", out.getvalue()


TEXTS = {
    "people.csv": b'id,age,"name, in full"\nAda,34,"Lovelace ""A"""\nBo,7,\n',
    "pairs.txt": b"1\t2\nAda\t1\t2\nBo\t3\t4\nAda\t1\tBo\t2\nAda\t2\tBo\t4\n",
    "pairs.csv": b"a,b,same\na/1.png,a/2.png,1\na/1.png,b/1.png,0\n",
    "pen.txt": b"START\n1.0,-2.0,0\n3.5,-4.0,1\nBREAK\n5,6,2\nBREAK\n",
}


def envelope(magic, payload):
    return magic + struct.pack("<IQI", 1, len(payload), zlib.crc32(payload)) + payload


def main():
    for name, content in images():
        write("image/" + name, content)
    for name, content in networks():
        write("onnx/" + name, content)
    for name, content in archives():
        write("archive/" + name, content)
    for name, content in TEXTS.items():
        write("text/" + name, content)
    write("checkpoint/empty", envelope(b"VISAVISC", bytes(64)))
    write("zero_shot/empty", envelope(b"VISAVISZ", bytes(64)))
    write("api/calls", bytes(range(256)))


if __name__ == "__main__":
    main()
