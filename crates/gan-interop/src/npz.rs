//! NumPy archives.

use burn::tensor::TensorData;
use gan_data::numpy;

use crate::network::Network;

impl Network {
    /// The bytes of a `.npz` file: the tensors of [`state_dict`](Self::state_dict), and the network's metadata
    /// as JSON in the bytes of the array `metadata`.
    pub fn npz(&self) -> Vec<u8> {
        let json = serde_json::to_vec(&self.metadata).expect("text is always JSON");
        let tensors = self.state_dict();
        let npy = |shape: &[u64], values: &[f32]| {
            numpy::npy(shape, values).expect("a tensor has as many values as its shape")
        };
        let array = |(name, data): (&String, &TensorData)| {
            let values: &[f32] = data.as_slice().expect("networks are f32");
            let shape: Vec<u64> = data.shape().iter().map(|&side| side as u64).collect();
            (name.clone(), npy(&shape, values))
        };
        let metadata = numpy::npy(&[json.len() as u64], &json).expect("one value a byte");
        let arrays: Vec<_> =
            tensors.iter().map(array).chain([("metadata".to_owned(), metadata)]).collect();
        let arrays = arrays.iter().map(|(name, bytes)| (name.as_str(), bytes.clone()));
        numpy::npz(&arrays.collect::<Vec<_>>()).expect("names are not used twice")
    }
}
