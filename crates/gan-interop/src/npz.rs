//! NumPy archives.

use gan_data::numpy;

use crate::network::Network;

impl Network {
    /// The bytes of a `.npz` file: the tensors of [`state_dict`](Self::state_dict), and the network's metadata
    /// as JSON in the bytes of the array `metadata`.
    pub fn npz(&self) -> Vec<u8> {
        let json = serde_json::to_vec(&self.metadata).expect("text is always JSON");
        let tensors = self.state_dict();
        let array = |(name, data): (&String, &burn::tensor::TensorData)| {
            let values: &[f32] = data.as_slice().expect("networks are f32");
            let shape: Vec<u64> = data.shape().iter().map(|&side| side as u64).collect();
            (name.clone(), numpy::npy(&shape, values))
        };
        let metadata = ("metadata".to_owned(), numpy::npy(&[json.len() as u64], &json));
        let arrays: Vec<_> = tensors.iter().map(array).chain([metadata]).collect();
        let arrays = arrays.iter().map(|(name, bytes)| {
            (name.as_str(), bytes.clone().expect("a tensor has as many values as its shape"))
        });
        numpy::npz(&arrays.collect::<Vec<_>>()).expect("names are not used twice")
    }
}
