#include "runtime/app/arguments.hpp"

#include <CLI/CLI.hpp>

#include "runtime/app/flag_values.hpp"

namespace tenon::runtime {
namespace {

using CLI::App;

App& command(App& app, const char* name, const char* what, const std::string& example) {
  App& c = *app.add_subcommand(name, what);
  c.footer("Example: " + app.get_name() + " " + name + " " + example);
  return c;
}

void add_threads(App& c, unsigned& threads) {
  c.add_option("--threads", threads,
               "threads; never changes a result (default: the cores this process may use)")
      ->check(positive());
}

void add_device(App& c, std::string& device) {
  c.add_option("--device", device,
               "cpu, cuda (the first GPU), cuda:1 and so on, or auto: a GPU where there is one; "
               "results agree within rounding")
      ->capture_default_str();
}

constexpr const char* data_help =
    "mnist1d, a folder of IDX files or CIFAR-10 batches, "
    "npy:x.npy,y.npy[,test_x.npy,test_y.npy], npz:data.npz (x_train, y_train, x_test, y_test), "
    "csv:train.csv[,test.csv], or images:FOLDER with "
    "FOLDER/class/*.png|jpg or FOLDER/train/class and FOLDER/test/class";
constexpr const char* weights_help = "safetensors file";
constexpr const char* served_weights_help =
    "safetensors file (default: weights that were compiled in)";
constexpr const char* all_weights_help =
    "safetensors file (default: weights that were compiled in); of several, the mean of their "
    "probabilities or values";

void add_data(App& c, train_options& o) {
  c.add_option("--data", o.data, data_help);  // needed but for --resume: train_command says so
  c.add_option("--val-fraction", o.validation_fraction, "part of the training data to validate on")
      ->capture_default_str();
  c.add_option("--test-fraction", o.test_fraction,
               "part to test on, where the source has no test part")
      ->capture_default_str();
  c.add_option("--standardize", o.standardize,
               "inputs, by the training part: none, channel, or each element by itself: pixel, or "
               "column as tables call it (default: channel for images of bytes, column for csv, "
               "else none)")
      ->check(CLI::IsMember({"none", "pixel", "channel", "column"}));
  c.add_flag("--standardize-target", o.standardize_target,
             "targets that are values too; predictions and mse, mae, r2 stay in their own units");
  add_source_flags(c, o.source);
  add_class_flag(c, o.source);
  c.add_flag("--drop-last", o.drop_last, "leave out the last short batch of an epoch");
  c.add_flag("--bootstrap", o.bootstrap,
             "train on as many samples drawn from the training part with replacement, by --seed: "
             "for ensembles");
  add_weighting_flags(c, o.weighting);
}

void add_beginning(App& c, train_options& o) {
  c.add_option("--initializer", o.initializer,
               "of weights whose layer has no init<…> of its own; their biases become 0: default, "
               "he_, glorot_ or lecun_ with normal or uniform, orthogonal, normal:0.01, "
               "uniform:0.05, constant:0")
      ->capture_default_str();
  c.add_option("--init", o.init, "begin with the weights of this safetensors file");
  c.add_option(
       "--init-skip", o.init_skip,
       "but leave parameters whose names match (linear_3.*,…) as initialised: for a new head")
      ->delimiter(',')
      ->needs("--init");
  c.add_option(
      "--resume", o.resume,
      "go on with a run to the same bits: its folder, its file `state`, or `last`. Options "
      "are those of the run; others are refused, but for --threads, --device, --output and the "
      "display, and --epochs unless the learning rates depend on it");
  c.add_option("--checkpoint-every", o.checkpoint_every,
               "save the state after so many steps too, not only after each epoch")
      ->check(positive());
}

void add_train(App& app, train_options& o, std::string& device) {
  App& c = command(app, "train", "train the network",
                   "--data mnist1d --epochs 20 --opt adam --lr 0.01 --sched cosine");
  add_data(c, o);
  c.add_option("--epochs", o.epochs, "passes through the training data")
      ->check(positive())
      ->capture_default_str();
  c.add_option("-b,--batch-size", o.batch,
               "samples per step (default: the batch the network was built for)")
      ->check(positive());
  add_update_flags(c, o.update);
  add_schedule_flags(c, o.schedule);
  add_stopping_flags(c, o.stopping);
  c.add_flag("--print-schedule", o.print_schedule,
             "print the learning rate of each epoch and train nothing");
  c.add_flag("--find-lr", o.find_rate,
             "try 100 learning rates from 1e-7 to 10, suggest one and train nothing");
  add_beginning(c, o);
  c.add_flag("--init-report", o.init_report,
             "print how far values and gradients spread behind each layer before the first step, "
             "for one batch, and train nothing");
  c.add_option("--seed", o.seed, "of weights, order, parts and dropout")->capture_default_str();
  add_device(c, device);
  add_threads(c, o.threads);
  c.add_option("--output", o.output, "run folder (default: runs/<network>-<n>)");
  c.add_flag("--overwrite", o.overwrite, "replace the run in that folder");
  c.add_flag("--no-progress", o.no_progress, "no progress line");
  c.add_flag("--json", o.json, "one JSON object per epoch and a last one on standard output");
  c.parse_complete_callback([&c, &o] {
    for (const CLI::Option* option : c.get_options()) {
      if (option->count() > 0 && !option->get_lnames().empty())
        o.given.insert(option->get_lnames().front());
    }
  });
}

void add_eval(App& app, eval_options& o, std::string& device) {
  App& c = command(app, "eval", "loss, accuracy and errors of the folded network",
                   "--weights best.safetensors --data mnist1d --confusion confusion.csv");
  c.add_option("--weights", o.weights, all_weights_help);
  c.add_option("--data", o.data, data_help)->required();
  add_source_flags(c, o.source);
  add_class_flag(c, o.source);
  c.add_option(
      "--confusion", o.confusion,
      "CSV file for the confusion matrix: a row per true class, a column per predicted one");
  c.add_option("--part", o.part, "test, train or all")
      ->check(CLI::IsMember({"test", "train", "all"}))
      ->capture_default_str();
  add_device(c, device);
  add_threads(c, o.threads);
  c.add_flag("--json", o.json,
             "one JSON object on standard output: samples, loss, top1, top5, mse, mae, r2 and "
             "classes, null where they mean nothing");
}

void add_predict(App& app, predict_options& o, std::string& device) {
  App& c = command(app, "predict", "outputs for arrays, tables or pictures",
                   "--weights best.safetensors --input cat.jpg dog.png --resize --top 3");
  c.add_option("--weights", o.weights, all_weights_help);
  c.add_option("--input", o.inputs,
               "npy file [n, …input shape], csv file of feature columns, or pictures: png and jpg "
               "files, or a folder of them")
      ->required();
  add_source_flags(c, o.source);
  add_class_flag(c, o.source);
  c.add_option("--output", o.output,
               "npy file float32 [n, …output shape]; without it, a line per sample is printed");
  c.add_flag("--logits", o.logits, "what enters the loss, not probabilities");
  auto* const samples =
      c.add_option("--samples", o.draws,
                   "leave the noise of training on and draw it so many times: mean and standard "
                   "deviation of each output (20 to 100 are usual)")
          ->check(CLI::Range(std::size_t{2}, std::size_t{1'000'000}));
  c.add_option("--seed", o.seed, "of the noise")->needs(samples)->capture_default_str();
  c.add_option("--spread", o.spread,
               "npy file for the standard deviations, float32 [n, …output shape]")
      ->needs(samples);
  c.add_option("--top", o.top, "print so many classes per sample")
      ->check(positive())
      ->capture_default_str();
  add_device(c, device);
  add_threads(c, o.threads);
  c.add_flag("--json", o.json, "one JSON object per sample on standard output");
}

void add_checks(App& app, options& o) {
  App& info =
      command(app, "info", "shapes, parameters, counts; or how large weights are", "--json");
  info.add_option("--weights", o.info.weights, weights_help);
  info.add_flag("--magnitude", o.info.magnitude,
                "quantiles of |w| and zeros of each weight in --weights, and what is left of it "
                "where only the network's largest values are kept");
  info.add_flag("--json", o.info.json,
                "one JSON object on standard output; with --magnitude, one per weight");

  App& grad =
      command(app, "gradcheck", "hold all gradients against differences of the loss", "--json");
  grad.add_option("--seed", o.gradcheck.seed, "of weights, inputs and dropout")
      ->capture_default_str();
  grad.add_option("--samples", o.gradcheck.samples, "in the batch")
      ->check(positive())
      ->capture_default_str();
  grad.add_option("--elements", o.gradcheck.elements, "to try per parameter, at most")
      ->check(positive())
      ->capture_default_str();
  add_device(grad, o.device);
  add_threads(grad, o.gradcheck.threads);
  grad.add_flag("--json", o.gradcheck.json, "one JSON object per parameter on standard output");

  App& doctor =
      command(app, "doctor", "instruction sets, threads, versions, self-test", "--threads 4");
  add_device(doctor, o.device);
  add_threads(doctor, o.doctor_threads);
}

void add_landscape(App& app, landscape_options& o, std::string& device) {
  App& c = command(app, "landscape", "the loss and its gradient along one step of a batch",
                   "--weights last.safetensors --data mnist1d --rates 0.001 10");
  c.add_option("--weights", o.weights, served_weights_help);
  c.add_option("--data", o.data, data_help)->required();
  add_source_flags(c, o.source);
  add_class_flag(c, o.source);
  c.add_option("-b,--batch-size", o.batch,
               "the first so many training samples (default: the batch the network was built for)")
      ->check(positive());
  c.add_option("--rates", o.rates, "from the smallest to the largest step")
      ->expected(2)
      ->check(positive())
      ->capture_default_str();
  c.add_option("--points", o.points, "rates between them, equal factors apart")
      ->check(positive())
      ->capture_default_str();
  c.add_option("--seed", o.seed, "of dropout")->capture_default_str();
  add_device(c, device);
  add_threads(c, o.threads);
  c.add_flag("--json", o.json, "one JSON object on standard output");
}

void add_recalibrate(App& app, recalibrate_options& o, std::string& device) {
  App& c = command(app, "recalibrate",
                   "set the statistics of batch norms to those of the whole training part",
                   "--weights last.safetensors --data mnist1d --output ready.safetensors");
  c.add_option("--weights", o.weights, served_weights_help);
  c.add_option("--data", o.data, data_help)->required();
  add_source_flags(c, o.source);
  add_class_flag(c, o.source);
  c.add_option("-o,--output", o.output, "safetensors file to write")->required();
  c.add_option("-b,--batch-size", o.batch,
               "samples per batch (default: the batch the network was built for)")
      ->check(positive());
  add_device(c, device);
  add_threads(c, o.threads);
  c.add_flag("--json", o.json, "one JSON object on standard output");
}

void add_bench(App& app, bench_options& o, std::string& device) {
  App& c = command(app, "bench", "times beside this machine's peak, measured in the same run",
                   "--batch 64 --threads 1");
  c.add_option("--batch", o.batch,
               "samples per call (default: the batch the network was built for)")
      ->check(positive());
  c.add_option("--mode", o.mode, "eval, train or both")
      ->check(CLI::IsMember({"eval", "train", "both"}))
      ->capture_default_str();
  c.add_option("--seconds", o.seconds, "to measure a network call; a kernel gets a tenth of it")
      ->check(positive())
      ->capture_default_str();
  c.add_flag("!--no-kernels", o.kernels,
             "call each kernel once only: of them the bounds alone count");
  add_device(c, device);
  add_threads(c, o.threads);
  c.add_flag("--json", o.json, "one JSON object per mode on standard output");
}

void add_export(App& app, export_options& o) {
  App& c = command(app, "export", "weights in other formats",
                   "--weights best.safetensors --format blob --output net.blob");
  c.add_option("--weights", o.weights, weights_help)->required();
  c.add_option("--format", o.format,
               "npz or safetensors: parameters by name; blob: the folded image that emitted code "
               "maps or embeds")
      ->check(CLI::IsMember({"npz", "safetensors", "blob"}))
      ->capture_default_str();
  c.add_option("--output", o.output, "file (default: the weights' name with the format's ending)");
  c.add_flag("--folded", o.folded,
             "npz, safetensors: the folded image, one array `eval_image`, instead of the declared "
             "parameters");
}

}  // namespace

void add_commands(App& app, options& o) {
  add_train(app, o.train, o.device);
  add_eval(app, o.eval, o.device);
  add_predict(app, o.predict, o.device);
  add_checks(app, o);
  add_landscape(app, o.landscape, o.device);
  add_recalibrate(app, o.recalibrate, o.device);
  add_bench(app, o.bench, o.device);
  add_export(app, o.exported);
}

}  // namespace tenon::runtime
