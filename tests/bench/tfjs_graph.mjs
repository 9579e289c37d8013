// Runs in a page or in node: a graph of onnx_graph_json.py by TensorFlow.js, in its layout (NHWC), the operators of the
// shared networks only. Bias, ReLU and PReLU are fused into the convolution before them, as its converter does.

/** @returns a function from 3 x side x side planes to the output's numbers */
export function tfjsNetwork(tf, { input, output, nodes, constants }) {
  const raw = new Map(
    Object.entries(constants).map(([name, { shape, base64 }]) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      return [name, { shape, values: new Float32Array(bytes.buffer) }];
    }),
  );
  const uses = new Map();
  for (const { inputs } of nodes)
    for (const name of inputs) uses.set(name, (uses.get(name) ?? 0) + 1);
  const steps = [];
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i];
    if (node.kind !== 'Conv') {
      steps.push(stepOf(tf, node, raw));
      continue;
    }
    const next = nodes[i + 1];
    const isFused =
      ['Relu', 'PRelu'].includes(next?.kind) &&
      next.inputs[0] === node.outputs[0] &&
      uses.get(node.outputs[0]) === 1;
    if (isFused) i++;
    steps.push(convolution(tf, node, raw, isFused ? next : undefined));
  }
  return (planes, side) =>
    tf.tidy(() => {
      const values = new Map([
        [input, tf.transpose(tf.tensor4d(planes, [1, 3, side, side]), [0, 2, 3, 1])],
      ]);
      for (const { inputs, output: name, run } of steps)
        values.set(name, run(...inputs.map((each) => values.get(each))));
      return Float32Array.from(values.get(output).dataSync());
    });
}

function convolution(tf, { inputs, outputs, attributes }, raw, activation) {
  const { strides = [1, 1], pads = [0, 0, 0, 0], group = 1 } = attributes;
  const { shape, values } = raw.get(inputs[1]);
  const filter = tf.tensor4d(values, shape);
  const isDepthwise = group > 1;
  if (isDepthwise && (group !== shape[0] || shape[1] !== 1))
    throw new Error('only whole and depthwise convolutions');
  const alpha = activation?.kind === 'PRelu' ? raw.get(activation.inputs[1]).values : undefined;
  const settings = {
    filter: tf.transpose(filter, isDepthwise ? [2, 3, 0, 1] : [2, 3, 1, 0]),
    strides,
    pad: pads.every((side) => side === 0)
      ? 'valid'
      : [
          [0, 0],
          [pads[0], pads[2]],
          [pads[1], pads[3]],
          [0, 0],
        ],
    dataFormat: 'NHWC',
    bias: inputs[2] === undefined ? undefined : tf.tensor1d(raw.get(inputs[2]).values),
    activation: { Relu: 'relu', PRelu: 'prelu' }[activation?.kind] ?? 'linear',
    preluActivationWeights: alpha && tf.tensor3d(alpha, [1, 1, alpha.length]),
  };
  const convolve = isDepthwise ? tf.fused.depthwiseConv2d : tf.fused.conv2d;
  return {
    inputs: inputs.slice(0, 1),
    output: (activation ?? { outputs }).outputs[0],
    run: (x) => convolve({ ...settings, x }),
  };
}

function stepOf(tf, { kind, inputs, outputs }, raw) {
  const constant = raw.get(inputs[1]);
  // A constant of one number, of a channel each, or 1 x C x 1 x 1: all broadcast along the last axis here.
  const second = constant && kind !== 'Reshape' ? tf.tensor1d(constant.values) : undefined;
  const both = (operation) => (a, b) => operation(a, second ?? b);
  const operations = {
    Add: both(tf.add),
    Sub: both(tf.sub),
    Mul: both(tf.mul),
    PRelu: (a) => tf.prelu(a, second),
    Relu: (a) => tf.relu(a),
    Sigmoid: (a) => tf.sigmoid(a),
    GlobalAveragePool: (a) => tf.mean(a, [1, 2], true),
    Reshape: (a) => tf.reshape(tf.transpose(a, [0, 3, 1, 2]), [1, -1]),
  };
  const run = operations[kind];
  if (run === undefined) throw new Error(`no operator ${kind}`);
  return {
    inputs: second || kind === 'Reshape' ? inputs.slice(0, 1) : inputs,
    output: outputs[0],
    run,
  };
}
