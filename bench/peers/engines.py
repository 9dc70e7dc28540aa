"""One engine with one network, in a process of its own.

    engines.py '{"engine": "torch", "network": "lenet5", "batch": 64, "threads": 1, "mode": "eval", "folder": DIR}'

Reads DIR/state.pt, x.npy and target.npy; writes what the engine makes of them to DIR/<engine>.npz, the outputs or, after
one training step, all parameters by Tenon's names. Prints one JSON line: {"ready": true, "version": …} or {"skipped":
why}. Then, for each line of seconds on standard input, calls the engine as long and prints {"median_us", "min_us",
"calls"}. Everything in float32. With "device": "cuda" everything lies on the GPU, and IN_A_ROW calls are launched before
one waits for them, as `EXE bench --device cuda` does.
"""
import copy
import io
import json
import os
import sys
import time
import warnings


IN_A_ROW = 20


def device_of(config):
    return config.get("device", "cpu")


def load(config, kind="float32"):
    """model and arrays, as torch and numpy have them."""
    import numpy
    import torch
    from networks import NETWORKS
    torch.set_num_threads(config["threads"])
    folder = config["folder"]
    model = NETWORKS[config["network"]][0]()
    model.load_state_dict(torch.load(f"{folder}/state.pt"))
    x, target = numpy.load(f"{folder}/x.npy").astype(kind), numpy.load(f"{folder}/target.npy")
    if x.ndim == 4:
        model = model.to(memory_format=torch.channels_last)
    if device_of(config) != "cpu":
        torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = False  # float32, as ours
        torch.backends.cudnn.benchmark = True
    return model.to(device_of(config), getattr(torch, kind)), x, target


def as_tensor(x, device="cpu"):
    import torch
    tensor = torch.from_numpy(x).to(device)
    return tensor.to(memory_format=torch.channels_last) if x.ndim == 4 else tensor


def torch_training(config, compiled, kind="float32"):
    import torch
    from networks import tenon_tensors
    model, x, target = load(config, kind)
    device = device_of(config)
    x, target = as_tensor(x, device), torch.from_numpy(target).long().to(device)
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=config["learning_rate"], momentum=0.9, foreach=True)

    def loss():
        return torch.nn.functional.cross_entropy(model(x), target)

    compile_ = compiler_of(config)
    forward, update = (compile_(loss), compile_(optimizer.step)) if compiled else (loss, optimizer.step)

    def step():
        optimizer.zero_grad(set_to_none=True)
        forward().backward()
        update()

    step()
    result = tenon_tensors(copy.deepcopy(model).to("cpu"))
    for group in optimizer.param_groups:
        group["lr"] = 0.0  # the same work on the same weights from here on, as ours
    return step, result, torch.__version__


def torch_inference(config, compiled, kind="float32"):
    import torch
    model, x, _ = load(config, kind)
    x = as_tensor(x, device_of(config))
    model.eval()
    if compiled:
        import torch._inductor.config
        torch._inductor.config.freezing = True
        model = compiler_of(config)(model)

    def call():
        with torch.inference_mode() if not compiled else torch.no_grad():
            return model(x)

    return call, {"y": call().cpu().numpy()}, torch.__version__


def torch_call(config, compiled, kind="float32"):
    return (torch_training if config["mode"] == "train" else torch_inference)(config, compiled, kind)


def torch_eager(config):
    return torch_call(config, False)


def torch_compile(config):
    return torch_call(config, True)


def torch_graph(config):
    """Eager PyTorch, its kernels recorded once and launched as one CUDA graph."""
    import torch
    if device_of(config) == "cpu":
        raise NotImplementedError("it is of GPUs")
    call, result, version = torch_call(config, False)
    aside = torch.cuda.Stream()
    aside.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(aside):
        for _ in range(3):  # before a capture, says PyTorch
            call()
    torch.cuda.current_stream().wait_stream(aside)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        call()
    return graph.replay, result, version


def compiler_of(config):
    """max-autotune tries kernels, and launches graphs where it can."""
    import functools
    import torch
    return torch.compile if device_of(config) == "cpu" else functools.partial(torch.compile, mode="max-autotune")


def reference(config, kind):
    """What the engines should give, "float64", and what PyTorch makes of it in "float32": on the CPU."""
    return torch_call(config | {"device": "cpu"}, False, kind)[1]


def onnx_model(config):
    import torch
    model, x, _ = load(config)
    buffer = io.BytesIO()
    torch.onnx.export(model.eval(), (torch.from_numpy(x),), buffer, dynamo=False, opset_version=17, input_names=["x"],
                      output_names=["y"])
    return buffer.getvalue(), x


def onnxruntime(config):
    import onnxruntime as ort
    content, x = onnx_model(config)
    options = ort.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = config["threads"], 1
    session = ort.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    binding = session.io_binding()
    binding.bind_ortvalue_input("x", ort.OrtValue.ortvalue_from_numpy(x))
    binding.bind_output("y")
    session.run_with_iobinding(binding)
    y = binding.copy_outputs_to_cpu()[0]
    return lambda: session.run_with_iobinding(binding), {"y": y}, ort.__version__


def openvino(config):
    import openvino as ov
    content, x = onnx_model(config)
    core = ov.Core()
    compiled = core.compile_model(core.read_model(content), "CPU", {
        "PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": config["threads"], "INFERENCE_PRECISION_HINT": "f32"})
    request = compiled.create_infer_request()
    request.set_input_tensor(ov.Tensor(x, shared_memory=True))
    request.infer()
    return request.infer, {"y": request.get_output_tensor().data.copy()}, ov.__version__.split("-")[0]


def ncnn(config):
    import numpy
    import ncnn as engine
    import pnnx
    import torch
    from networks import NETWORKS
    if config["batch"] != 1:
        raise NotImplementedError("it has no batches")
    _, x, _ = load(config)
    model = NETWORKS[config["network"]][0]().eval()
    model.load_state_dict(torch.load(f"{config['folder']}/state.pt"))
    os.chdir(config["folder"])
    try:
        pnnx.export(model, "ncnn.pt", (torch.from_numpy(x),), fp16=False)
    except SyntaxError:
        pass  # of the Python file that it writes too; the network's files are there
    net = engine.Net()
    net.opt.num_threads = config["threads"]
    for option in ("fp16_packed", "fp16_storage", "fp16_arithmetic", "bf16_storage"):
        setattr(net.opt, f"use_{option}", False)
    net.load_param("ncnn.ncnn.param")
    net.load_model("ncnn.ncnn.bin")
    sample = engine.Mat(x[0])

    def call():
        extractor = net.create_extractor()
        extractor.input("in0", sample)
        return extractor.extract("out0")[1]

    return call, {"y": numpy.array(call()).reshape(1, -1)}, engine.__version__


def roof(config):
    """The largest product of matrices that cuBLAS is likely to be asked for: what the GPU can do in float32."""
    import numpy
    import torch
    if device_of(config) == "cpu":
        raise NotImplementedError("it is of GPUs")
    torch.backends.cuda.matmul.allow_tf32 = False
    a, b = (torch.randn(ROOF, ROOF, device=device_of(config)) for _ in range(2))
    return lambda: torch.mm(a, b), {"flops": numpy.float64(2 * ROOF**3)}, torch.__version__


ROOF = 8192
ENGINES = {"torch": torch_eager, "torch.compile": torch_compile, "torch.graph": torch_graph, "onnxruntime": onnxruntime,
           "openvino": openvino, "ncnn": ncnn, "roof": roof}
TRAINING = ("torch", "torch.compile", "torch.graph")


def in_a_row(call):
    """Several calls that are waited for together, as one."""
    import torch

    def calls():
        for _ in range(IN_A_ROW):
            call()
        torch.cuda.synchronize()

    return calls


def measure(call, seconds, per_call=1):
    times, end = [], time.perf_counter() + seconds
    while len(times) < 5 or time.perf_counter() < end:
        begin = time.perf_counter()
        call()
        times.append((time.perf_counter() - begin) / per_call)
    times.sort()
    return {"median_us": times[len(times) // 2] * 1e6, "min_us": times[0] * 1e6, "calls": len(times)}


def main():
    config = json.loads(sys.argv[1])
    os.environ["OMP_NUM_THREADS"] = str(config["threads"])
    warnings.filterwarnings("ignore")
    say = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # engines print what they like
    try:
        import numpy
        call, result, version = ENGINES[config["engine"]](config)
        numpy.savez(f"{config['folder']}/{config['engine']}.npz", **result)
    except Exception as error:  # whatever an engine cannot do is a line of the table, not the end
        print(json.dumps({"skipped": (str(error) or type(error).__name__).splitlines()[0][:200]}), file=say, flush=True)
        return
    print(json.dumps({"ready": True, "version": version}), file=say, flush=True)
    on_gpu = device_of(config) != "cpu"
    for line in sys.stdin:
        times = measure(in_a_row(call), float(line), IN_A_ROW) if on_gpu else measure(call, float(line))
        print(json.dumps(times), file=say, flush=True)


if __name__ == "__main__":
    main()
