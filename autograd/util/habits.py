"""Names that users of PyTorch, Keras, JAX and scikit-learn type, with what to write here instead: the only such list.

A row is ``"names": (code, words)``. Names with the same answer share a row; the code runs as it is (the tests run it);
the words say what it does, or why there is no code. ``autograd/util/suggestions.py`` reads the table.
"""

from __future__ import annotations

__all__ = ["ADVICE", "Advice"]

Advice = tuple[str, str]

_FIT = "nn.fit(model, X, y, epochs=5)"
_NO_DEVICE = ("", "leave it out: everything runs on the CPU; nn.fit and autograd.compile take dtype='float32'")
_OWN_RULE = (
    "@autograd.rule\ndef cube(x):\n    return x**3, (3 * x**2,)",
    "a function that returns its value and its local derivatives",
)
_OWN_MODULE = ("", "there is no such layer yet: write a subclass of nn.Module whose forward computes it from Values")
_LIST_OF_VALUES = ("[Value(0.0) for _ in range(3)]", "for many numbers, use a list or a NumPy array of Values")
_OTHER_OPTIMIZER = ("nn.Adam(model.parameters())", "or a subclass of nn.Optimizer")
_ONLY_LEAVES = (
    "nn.SGD([p for p in model.parameters() if p is not x], lr=0.1)",
    "every Value has a gradient, so pass only some to the optimizer, or use x.detach() or autograd.no_grad()",
)

_ROWS: dict[str, dict[str, Advice]] = {
    "autograd": {
        "Tensor tensor Variable Parameter array": ("Value(2.0)", "a Value is one number"),
        "zeros ones full empty rand randn arange linspace from_numpy": _LIST_OF_VALUES,
        "Function custom_vjp custom_jvp custom_gradient primitive defvjp": _OWN_RULE,
        "engine": ("from autograd import Value", "layers are in nn: from nn import MLP, Layer, Neuron"),
        "draw_dot trace": ("autograd.draw(y)", "or autograd.draw(y, ops='separate') for the classic picture"),
        "GradientTape": ("y.backward()", "and then read x.grad"),
        "clamp clamp_min clamp_max": ("autograd.clip(x, 0.0, 1.0)", ""),
        "vjp make_vjp": (
            "autograd.grad(lambda xs: autograd.dot(u, g(xs)))(xs)",
            "u times the Jacobian of g; if y is one number, y.backward(grad=u)",
        ),
        "jvp make_jvp": (
            "autograd.jacobian(lambda t: g([a + t * b for a, b in zip(xs, v)]))(0.0)",
            "the Jacobian of g at xs, times the direction v",
        ),
        "vmap": ("autograd.compile(f)(np.array([1.0, 2.0]))", "a compiled function takes a batch, one sample per row"),
        "elementwise_grad": ("[autograd.grad(f)(a) for a in xs]", ""),
        "jit pmap": ("autograd.compile(f)", ""),
        "jacfwd jacrev": ("autograd.jacobian(g)(xs)", ""),
        "stop_gradient lax": ("x.detach()", "a constant with the same number"),
        "enable_grad": ("", "leave it out: operations are always tracked, except under autograd.no_grad()"),
        "inference_mode set_grad_enabled": ("with autograd.no_grad():\n    f(x)", ""),
        "detect_anomaly set_detect_anomaly": (
            "",
            "leave it out: backward() refuses a nan or an infinity and names the first operation that made it",
        ),
        "gradgradcheck": ("autograd.gradcheck(f, 2.0, order=2)", ""),
        "numpy": (
            "np.exp(x)",
            "after `import numpy as np`: NumPy's own functions accept Values; this is not HIPS/autograd",
        ),
        "nn optim functional F": (
            "import nn",
            "layers, losses and optimizers are in nn; functions of numbers are in autograd",
        ),
        "matmul mm bmm einsum": (
            "[autograd.dot(row, xs) for row in [[1.0, 2.0], [3.0, 4.0]]]",
            "or @ between NumPy arrays of Values",
        ),
        "cat stack concat concatenate": ("xs + xs", "a layer returns a list, and lists are joined with +"),
        "argmax": ("max(range(3), key=lambda i: logits[i].data)", "an index has no gradient"),
        "manual_seed seed random": ("nn.MLP(2, [3, 1], seed=0)", "or random.seed(0) for everything without a seed"),
        "save": ("model.save('model.npz')", ""),
        "load": ("nn.load('model.npz')", ""),
        "device cuda float32 float64": _NO_DEVICE,
    },
    "nn": {
        "Parameter": ("Value(1.0)", "a Value in an attribute of a Module is a parameter"),
        "ParameterList ParameterDict ModuleList ModuleDict": (
            "model.parts = [nn.Linear(2, 3), nn.Linear(3, 1)]",
            "a plain list or dict: the Module finds the parameters in it",
        ),
        "DataLoader TensorDataset Dataset": (
            "nn.fit(model, X, y, batch_size=32)",
            "it shuffles the samples and cuts them into batches",
        ),
        "functional F relu tanh sigmoid softmax gelu": (
            "autograd.relu(x)",
            "functions of numbers are in autograd, losses in nn: nn.cross_entropy(logits, 2)",
        ),
        "Dense": ("nn.Layer(2, 3, activation='relu')", "or nn.Linear(2, 3), without an activation"),
        "Input Model": (
            "nn.Sequential(nn.Layer(2, 3), nn.Linear(3, 1))",
            "the first layer says how many inputs it takes",
        ),
        "Conv1d Conv3d ConvTranspose2d MaxPool1d AvgPool1d Dropout1d Dropout2d": _OWN_MODULE,
        "BatchNorm1d BatchNorm2d BatchNormalization GroupNorm InstanceNorm2d": _OWN_MODULE,
        "LSTMCell GRUCell RNNCell": ("output, state = nn.LSTM(2, 3).step([1.0, 2.0])", "or of an RNN or a GRU"),
        "SimpleRNN": ("nn.RNN(2, 3)", ""),
        "Bidirectional": ("", "make two layers, and give one of them xs[::-1]"),
        "TimeDistributed": ("[nn.Linear(2, 3)(x) for x in [[1.0, 2.0], [3.0, 4.0]]]", ""),
        "pad_sequence pack_sequence pack_padded_sequence": (
            "nn.fit(model, X, y)",
            "X may be a list of sequences of different lengths",
        ),
        "MaxPooling2D": ("nn.MaxPool2d(2)", ""),
        "AveragePooling2D": ("nn.AvgPool2d(2)", ""),
        "AdaptiveAvgPool2d GlobalAveragePooling2D": ("nn.AvgPool2d((6, 8))", "for channels of 6×8, one number each"),
        "AdaptiveMaxPool2d GlobalMaxPooling2D": ("nn.MaxPool2d((6, 8))", "for channels of 6×8, one number each"),
        "Unflatten Reshape": ("X.reshape(-1, 1, 1, 2)", "for images: (samples, channels, height, width)"),
        "MultiheadAttention": ("nn.Attention(16, num_heads=4)", ""),
        "Transformer TransformerEncoder TransformerEncoderLayer TransformerDecoderLayer": (
            "nn.TransformerBlock(16, num_heads=4)",
            "or nn.GPT for a whole model",
        ),
        "EarlyStopping": ("nn.fit(model, X, y, validation=(X, y), patience=5)", "it restores the best parameters"),
        "ModelCheckpoint": ("nn.fit(model, X, y, checkpoint='run.npz')", "call it again to continue from the file"),
        "ReduceLROnPlateau": (
            "nn.fit(model, X, y, callbacks=[lambda run: run.optimizer.set_lr(0.5 * run.optimizer.lr)\n"
            "                                    if run.history['loss'][-1] > min(run.history['loss']) else None])",
            "a callback gets the Training; or use a schedule such as nn.StepLR(optimizer, 10)",
        ),
        "Callback LambdaCallback": (
            "nn.fit(model, X, y, callbacks=[lambda run: print(run.epoch)])",
            "a callback is a function of the Training, called after each epoch",
        ),
        "MultiStepLR OneCycleLR CosineAnnealingWarmRestarts PolynomialLR CyclicLR lr_scheduler": (
            "nn.LambdaLR(optimizer, lambda epoch: 0.9**epoch)",
            "any function of the epoch; also StepLR, ExponentialLR, CosineAnnealingLR, LinearLR",
        ),
        "Adadelta Adamax NAdam RAdam LBFGS Rprop": _OTHER_OPTIMIZER,
        "l1_loss": ("nn.mae_loss([x], [1.0])", ""),
        "smooth_l1_loss SmoothL1Loss": ("nn.huber_loss([x], [1.0])", "the same if delta is 1"),
        "binary_cross_entropy": ("nn.bce_loss([Value(0.3)], [1.0])", "it takes probabilities"),
        "binary_cross_entropy_with_logits": ("nn.bce_with_logits([x], [1.0])", ""),
        "nll_loss NLLLoss": ("nn.cross_entropy(logits, 2)", "it takes logits, so leave out log_softmax"),
        "clip_grad_norm_ utils": ("nn.clip_grad_norm(model.parameters(), 1.0)", "or clip_grad_norm=1.0 in nn.fit"),
        "clip_grad_value_": ("nn.clip_grad_value(model.parameters(), 1.0)", ""),
        "DataParallel DistributedDataParallel": (
            "",
            "pass shards=nn.Shards(executor) to nn.fit, with any concurrent.futures executor",
        ),
        "manual_seed seed": ("nn.MLP(2, [3, 1], seed=0)", "or random.seed(0) for everything without a seed"),
        "save": ("model.save('model.npz')", ""),
        "train compile": (_FIT, "it compiles the model for you"),
        "train_test_split": ("nn.fit(model, X, y, validation_split=0.2)", ""),
        "accuracy precision recall f1_score r2_score confusion_matrix": (
            "nn.metrics.accuracy([0, 1], [0, 1])",
            "metrics are in nn.metrics; nn.fit takes their names: metrics='accuracy'",
        ),
        "Value Tensor tensor": ("from autograd import Value", ""),
        "no_grad": ("from autograd import no_grad", ""),
        "device": _NO_DEVICE,
    },
    "nn.init": {
        "kaiming_uniform_ kaiming_normal_ xavier_uniform_ xavier_normal_ normal_ uniform_ zeros_ ones_ constant_": (
            "nn.Linear(2, 3, init='he_uniform')",
            "choose the initialisation when you create a layer: a name from nn.init, or a function",
        ),
        "kaiming_uniform": ("nn.init.he_uniform", ""),
        "kaiming_normal": ("nn.init.he_normal", ""),
        "glorot_uniform": ("nn.init.xavier_uniform", ""),
        "glorot_normal": ("nn.init.xavier_normal", ""),
    },
    "nn.optim": {
        "lr_scheduler": ("nn.StepLR(optimizer, step_size=10)", "schedules are in nn, too"),
        "Adadelta Adamax NAdam RAdam LBFGS Rprop": _OTHER_OPTIMIZER,
    },
    "Value": {
        "numpy tolist value val": ("x.data", "the number, as a float; x.item() is the same"),
        "to cpu cuda double half device": _NO_DEVICE,
        "requires_grad requires_grad_ trainable": _ONLY_LEAVES,
        "clamp clamp_": ("x.clip(0.0, 1.0)", ""),
        "is_leaf": ("not x._prev", "a leaf is a Value that was not computed"),
        "grad_fn": ("y._op", "the operation that made it; autograd.draw(y) shows the whole graph"),
        "zero_ fill_ copy_ add_ sub_ mul_ assign assign_sub": ("x.data = x.data + 1.0", "set the number through .data"),
        "softmax log_softmax": ("autograd.softmax(logits)", "it takes all logits, and returns a list"),
        "zero_grad": ("x.grad = None", "or model.zero_grad() for all parameters"),
        "backprop": ("y.backward()", ""),
        "children parents prev _parents": ("y._prev", "the operands in their order; y._children is the same"),
        "op": ("y._op", "the symbol of the operation that made it"),
        "local_grads local_derivs": ("y.local_derivatives", "one for each operand; y._local_grads is the same"),
        "m v velocity momentum": (
            "moments = [0.0 for p in model.parameters()]",
            "a Value has no attributes of its own: keep lists beside the parameters, use nn.Adam, or write a subclass",
        ),
        "gradient": ("y.backward()", "and then read x.grad"),
        "retain_grad": ("", "leave it out: each Value keeps its gradient"),
        "register_hook": ("y.backward()\nx.grad = 2.0 * x.grad", "read and change gradients after backward()"),
        "clone": ("1.0 * x", "using a Value never changes it; copy.copy(x) gives a new leaf with the same number"),
    },
    "Module": {
        "fit train_on_batch": (_FIT, "one function does the whole training, compiled"),
        "predict predict_proba": ("nn.predict(model, X)", ""),
        "evaluate score": ("nn.evaluate(model, X, y, loss='mse')", ""),
        "compile": (
            "nn.fit(model, X, y, loss='mse', optimizer='adam', metrics='r2')",
            "loss and optimizer are arguments of fit",
        ),
        "partial_fit": (_FIT, "fit continues from the model's present parameters"),
        "to cpu cuda double half float bfloat16": _NO_DEVICE,
        "requires_grad_ requires_grad trainable": (
            "nn.SGD(model.layers[-1].parameters(), lr=0.1)",
            "pass the optimizer only the parameters it should move",
        ),
        "register_parameter register_buffer add_module": (
            "model.scale = Value(1.0)",
            "the Module finds parameters and modules in its attributes",
        ),
        "register_forward_hook register_backward_hook register_full_backward_hook": (
            "",
            "use nn.diagnose(model, X, y), which reports on each layer, or write your own forward",
        ),
        "children named_children": ("model.modules()", "or model.named_modules() with their paths"),
        "apply": ("for part in model.modules():\n    print(part)", ""),
        "weights trainable_weights variables trainable_variables": (
            "model.parameters()",
            "or model.named_parameters()",
        ),
        "get_weights": ("model.state_dict()", ""),
        "set_weights": ("model.load_state_dict(model.state_dict())", ""),
        "save_weights": ("model.save('model.npz')", ""),
        "load_weights": ("model.load('model.npz')", ""),
        "weight": ("[neuron.w for neuron in nn.Linear(2, 3).neurons]", "each neuron has its own weights w"),
        "bias": ("[neuron.b for neuron in nn.Linear(2, 3).neurons]", "each neuron has its own bias b"),
        "in_features": ("len(nn.Linear(2, 3).neurons[0].w)", ""),
        "out_features": ("len(nn.Linear(2, 3).neurons)", ""),
    },
    "Compiled": {
        "backward": (
            "value, gradient = program.value_and_grad(1.0, write=True)",
            "it adds to the grad of each parameter; the function itself returns plain numbers",
        ),
        "grad gradient": ("value, gradient = program.value_and_grad(1.0)", "in the order of program.parameters"),
        "forward apply predict": ("program(1.0)", ""),
        "state_dict": ("program.read()", "the parameters' numbers; program.write(numbers) sets them"),
    },
    "Optimizer": {
        "param_groups": (
            "optimizer.lr = 0.01",
            "hyperparameters are attributes, and there is only one group: use two optimizers for two",
        ),
        "add_param_group": ("nn.SGD(model.parameters(), lr=0.01)", "use a second optimizer for the second group"),
        "learning_rate": ("optimizer.lr", ""),
        "minimize": ("optimizer.zero_grad()\ny.backward()\noptimizer.step()", ""),
        "apply_gradients": ("optimizer.step()", "it uses the gradients that backward() left in the parameters"),
        "state": ("optimizer.state_dict()", ""),
    },
    "Schedule": {
        "get_last_lr get_lr": ("optimizer.lr", "an optimizer has only one rate"),
        "last_epoch": ("schedule.epoch", ""),
    },
    "History": {
        "history": ("history['loss']", "the History is itself the dict"),
        "loss loss_curve_": ("history['loss']", ""),
        "epoch": ("history.epochs", "the number of epochs"),
        "val_loss": ("history['loss']", "and history['val_loss'] if you passed validation data to fit"),
    },
    "estimator": {
        "partial_fit": ("nn.fit(nn.MLP(2, [3, 1]), X, y)", "nn.fit continues from a model's present parameters"),
        "loss_curve_ validation_scores_": ("estimator.history_['loss']", "a list with one number per epoch"),
        "loss_ best_loss_": ("estimator.history_['loss'][-1]", ""),
        "coefs_ intercepts_": ("estimator.model_.state_dict()", ""),
        "n_layers_": ("len(estimator.model_.layers) + 1", ""),
    },
    "backward()": {
        "create_graph": (
            "autograd.grad(autograd.grad(f))(x)",
            "where f is your function: a gradient can be differentiated again",
        ),
        "retain_graph": ("y.backward()", "leave it out: the graph stays, and you can call backward() again"),
        "gradient grad_tensors grad_outputs": ("y.backward(grad=2.0)", ""),
        "inputs outputs": (
            "y.backward()",
            "and then read x.grad; or autograd.grad(f)(x), where f computes y",
        ),
        "argnum": ("autograd.grad(f, argnums=0)", ""),
        "has_aux": (
            "autograd.value_and_grad(f)(2.0)",
            "f returns one number; append anything else to a list",
        ),
        "allow_unused": ("autograd.grad(f)(2.0)", "leave it out: an argument that f does not use has the gradient 0.0"),
        "holomorphic": ("autograd.grad(f)(2.0)", "leave it out: a Value is a real number"),
    },
    "load_state_dict()": {
        "map_location": _NO_DEVICE,
        "assign": ("model.load_state_dict(model.state_dict())", "leave it out"),
    },
    "fit()": {
        "verbose": (
            "nn.fit(model, X, y, progress=False)",
            "True shows a bar; the default only in a terminal or notebook",
        ),
        "learning_rate": ("nn.fit(model, X, y, lr=0.01)", ""),
        "criterion loss_fn": ("nn.fit(model, X, y, loss='mse')", ""),
        "early_stopping": ("nn.fit(model, X, y, validation_split=0.2, patience=5)", ""),
        "warm_start": ("nn.fit(model, X, y)", "leave it out: fit continues from the model's present parameters"),
        "initial_epoch steps_per_epoch": ("nn.fit(model, X, y, epochs=5)", "or checkpoint='run.npz' to continue later"),
        "weight_decay": (
            "nn.fit(model, X, y, optimizer=nn.AdamW(model.parameters(), weight_decay=0.01))",
            "or l2=0.01",
        ),
        "momentum": ("nn.fit(model, X, y, optimizer=nn.SGD(model.parameters(), lr=0.1, momentum=0.9))", ""),
        "device": _NO_DEVICE,
    },
    "callback": {
        "on_epoch_end": (
            "nn.fit(model, X, y, callbacks=[lambda run: print(run.epoch, run.history['loss'][-1])])",
            "it is called after each epoch; nn.EarlyStopping and the like are keywords of fit, such as patience=5",
        ),
    },
    "Dropout()": {
        "seed random_state": (
            "nn.fit(model, X, y, epochs=5, seed=0)",
            "the seed of a training also draws its masks; random.seed(0) for calls of your own",
        ),
    },
    "Module()": {
        "inplace": ("nn.ReLU()", "leave it out: an operation never changes a Value"),
        "in_features": ("nn.Linear(2, 3)", "the number of inputs is the first argument"),
        "out_features": ("nn.Linear(2, 3)", "the number of outputs is the second argument"),
        "input_dim input_shape": ("nn.Layer(2, 3)", "the number of inputs is the first argument"),
        "units": ("nn.Layer(2, 3)", "the number of outputs is the second argument"),
        "kernel_initializer": ("nn.Layer(2, 3, init='xavier_uniform')", ""),
        "batch_first": ("nn.LSTM(2, 3)", "leave it out: a layer takes one sample, (steps, inputs)"),
        "bidirectional": ("nn.LSTM(2, 3)", "make two layers, and give one of them xs[::-1]"),
        "dilation groups padding_mode": ("nn.Conv2d(1, 2, 3, padding=1)", "there are only stride and padding"),
        "dropout": ("nn.Dropout(0.2)", "a layer of its own: put it where numbers are dropped"),
        "return_sequences return_state": (
            "outputs, state = nn.RNN(2, 3)([[1.0, 2.0]])",
            "a layer returns all of its outputs and its last state",
        ),
        "padding ceil_mode return_indices pool_size": (
            "nn.MaxPool2d(2, stride=2)",
            "a pool takes kernel_size and stride; a rest smaller than a window is left out",
        ),
        "n_embd n_head n_layer block_size vocab_size d_model nhead n_heads n_layers": (
            "nn.GPT(27, embed_dim=16, num_heads=4, num_layers=1, context=16)",
            "the number of tokens is the first argument",
        ),
        "filters strides": ("nn.Conv2d(1, 8, 3, stride=2)", "the numbers of channels are the first two arguments"),
    },
    "MLPClassifier()": {
        "hidden_layer_sizes": ("nn.MLPClassifier(hidden=(32,))", ""),
        "learning_rate_init learning_rate": ("nn.MLPClassifier(lr=0.01)", ""),
        "max_iter": ("nn.MLPClassifier(epochs=200)", ""),
        "alpha": ("nn.MLPClassifier(l2=1e-4)", ""),
        "solver": ("nn.MLPClassifier(optimizer='adam')", ""),
        "early_stopping validation_fraction n_iter_no_change tol": (
            "nn.fit(model, X, y, validation_split=0.2, patience=5)",
            "an estimator trains for all its epochs",
        ),
        "warm_start": ("nn.fit(model, X, y)", "nn.fit continues from a model's present parameters"),
    },
}  # fmt: skip

ADVICE: dict[str, dict[str, Advice]] = {
    owner: {name: advice for names, advice in rows.items() for name in names.split()} for owner, rows in _ROWS.items()
}
"""owner → name → (code, words). If an owner ends in (), it is a function, and the names are its keywords."""
