//! The pickle inside a `.pth` file: a dictionary of tensors that lie in other entries of the archive.
//!
//! Opcodes of <https://docs.python.org/3/library/pickletools.html>, protocol 2, which is what
//! `torch.save` writes. Every tensor is a call of `torch._utils._rebuild_tensor_v2` with
//! `(storage, offset, size, stride, requires_grad, backward_hooks)`; its storage is a persistent id
//! `('storage', torch.FloatStorage, key, 'cpu', length)`. `torch.load(weights_only=True)` allows these and
//! `collections.OrderedDict`, and no others are used.

/// The pickle of a dictionary of f32 tensors by name and shape; the values of tensor `i` are in the entry
/// `data/i` of the archive.
pub(super) fn state_dict<'a>(tensors: impl Iterator<Item = (&'a str, Vec<usize>)>) -> Vec<u8> {
    let mut pickle = Pickle(vec![0x80, 2]);
    pickle.ordered_dict();
    pickle.0.push(b'(');
    for (key, (name, shape)) in tensors.enumerate() {
        pickle.text(name);
        pickle.tensor(key, &shape);
    }
    pickle.0.extend(b"u.");
    pickle.0.clone()
}

struct Pickle(Vec<u8>);

impl Pickle {
    fn tensor(&mut self, key: usize, shape: &[usize]) {
        self.global("torch._utils", "_rebuild_tensor_v2");
        self.0.push(b'(');

        self.0.push(b'(');
        self.text("storage");
        self.global("torch", "FloatStorage");
        self.text(&key.to_string());
        self.text("cpu");
        self.integer(shape.iter().product());
        // The tuple is a persistent id.
        self.0.extend(b"tQ");

        self.integer(0);
        self.tuple(shape);
        let mut strides = vec![1; shape.len()];
        for i in (1..shape.len()).rev() {
            strides[i - 1] = strides[i] * shape[i];
        }
        self.tuple(&strides);
        // False.
        self.0.push(0x89);
        self.ordered_dict();

        // End of the arguments, and the call.
        self.0.extend(b"tR");
    }

    /// An empty `collections.OrderedDict`.
    fn ordered_dict(&mut self) {
        self.global("collections", "OrderedDict");
        self.0.extend(b")R");
    }

    fn global(&mut self, module: &str, name: &str) {
        self.0.extend(format!("c{module}\n{name}\n").bytes());
    }

    fn text(&mut self, text: &str) {
        self.0.push(b'X');
        self.0.extend((text.len() as u32).to_le_bytes());
        self.0.extend(text.bytes());
    }

    fn tuple(&mut self, values: &[usize]) {
        self.0.push(b'(');
        values.iter().for_each(|&value| self.integer(value));
        self.0.push(b't');
    }

    /// In as many bytes as it needs, with a sign.
    fn integer(&mut self, value: usize) {
        match i32::try_from(value) {
            Ok(value) => {
                self.0.push(b'J');
                self.0.extend(value.to_le_bytes());
            }
            Err(_) => {
                self.0.extend([0x8a, 9]);
                self.0.extend((value as u64).to_le_bytes());
                self.0.push(0);
            }
        }
    }
}
