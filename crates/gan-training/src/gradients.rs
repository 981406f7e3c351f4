//! The gradients of one network's parameters, between `backward` and the update.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Gradients, Tensor, TensorData};
use gan_collective::Collective;
use gan_kernels::squared_norms;
use gan_weights::ModulePath;

/// The gradient of every parameter that has one, by the parameter's name and flattened, on the device
/// without autodiff. Between processes that train together, these are what is averaged.
#[derive(Clone, Debug)]
pub struct ParameterGradients {
    by_name: BTreeMap<String, Tensor<1>>,
    norm: Tensor<1>,
}

impl ParameterGradients {
    /// The gradients of `objective`, `[1]`, in the parameters of `module`.
    pub fn of<M: Module>(objective: &Tensor<1>, module: &M) -> Self {
        let (path, gradients) = (ModulePath::new(""), objective.backward());
        let mut collect = Collect { path, gradients, by_name: BTreeMap::new() };
        module.visit(&mut collect);
        let none = Tensor::zeros([1], &objective.clone().inner().device());
        Self::with_norm(collect.by_name, none)
    }

    fn with_norm(by_name: BTreeMap<String, Tensor<1>>, none: Tensor<1>) -> Self {
        let norm = by_name.values().map(squared_norm).reduce(|a, b| a + b);
        Self { norm: norm.unwrap_or(none).sqrt(), by_name }
    }

    /// The mean of the gradients of all ranks: those of the batch that they share, since each has the mean
    /// over as many images. `of_batch` is made that of the whole batch with them.
    ///
    /// All of it goes through the host in one sum, which makes every rank wait for every other.
    pub(crate) fn average(self, of_batch: OfBatch<'_>, ranks: &dyn Collective) -> Self {
        if ranks.ranks() == 1 {
            return self;
        }
        let OfBatch { loss, logits } = of_batch;
        let device = loss.device();
        let sizes: Vec<usize> = self.by_name.values().map(|tensor| tensor.dims()[0]).collect();
        let rows = logits.first().map_or(0, |logits| logits.dims()[0]);
        let averaged = self.by_name.values().chain([&*loss]).cloned();
        let own = logits.iter().map(|logits| logits.clone().flatten(0, 1));
        let mut values = host_values(Tensor::cat(averaged.chain(own).collect(), 0));

        // Each rank's logits in their own place, beside the others' zeros.
        let averages = sizes.iter().sum::<usize>() + 1;
        let own = values.split_off(averages);
        for own in own.chunks_exact(rows.max(1)) {
            let first = values.len() + ranks.rank() * rows;
            values.resize(values.len() + ranks.ranks() * rows, 0.0);
            values[first..first + rows].copy_from_slice(own);
        }
        ranks.sum(&mut values);
        let share = 1.0 / ranks.ranks() as f32;
        values[..averages].iter_mut().for_each(|value| *value *= share);

        let mut rest = values.as_slice();
        let mut next = |count: usize| {
            let (values, after) = rest.split_at(count);
            rest = after;
            TensorData::new(values.to_vec(), [count])
        };
        let names = self.by_name.into_keys();
        let by_name = names
            .zip(sizes)
            .map(|(name, size)| (name, Tensor::from_data(next(size), &device)))
            .collect();
        *loss = Tensor::from_data(next(1), &device);
        for logits in logits {
            let count = ranks.ranks() * rows;
            *logits = Tensor::<1>::from_data(next(count), &device).reshape([count, 1]);
        }
        Self::with_norm(by_name, Tensor::zeros([1], &device))
    }

    /// The norm of all gradients together, `[1]`, left on the device.
    pub fn norm(&self) -> Tensor<1> {
        self.norm.clone()
    }

    /// The gradient of the parameter `name`, which is then no longer here.
    pub(crate) fn take(&mut self, name: &str) -> Option<Tensor<1>> {
        self.by_name.remove(name)
    }
}

/// What else there is to know of a batch that ranks share, on the device without autodiff.
pub(crate) struct OfBatch<'a> {
    /// A mean over the images, `[1]`.
    pub loss: &'a mut Tensor<1>,
    /// A row for each image, `[batch, 1]` each, as many in all of them.
    pub logits: &'a mut [Tensor<2>],
}

fn host_values(tensor: Tensor<1>) -> Vec<f32> {
    // Where they lie, if they are f32 already.
    let data = tensor.into_data().convert::<f32>();
    data.try_into_vec().expect("converted just now")
}

/// ‖g‖², `[1]`.
fn squared_norm(gradient: &Tensor<1>) -> Tensor<1> {
    squared_norms(gradient.clone().unsqueeze()).reshape([1])
}

struct Collect {
    path: ModulePath,
    gradients: Gradients,
    by_name: BTreeMap<String, Tensor<1>>,
}

impl ModuleVisitor for Collect {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.path.enter(name, container);
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.exit();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = param.val().grad_remove(&mut self.gradients) {
            self.by_name.insert(self.path.name(), gradient.flatten(0, D - 1));
        }
    }
}
