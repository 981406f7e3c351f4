//! ONNX files in another runtime.

use tract_onnx::prelude::*;

use crate::cases::{Case, cases, difference};

#[test]
fn tract_runs_every_networks_onnx_file_and_agrees_within_1e_4() {
    for case in cases() {
        let output = run(&case);
        let expected: &[f32] = case.output.as_slice().expect("networks are f32");
        let difference = difference(&output, expected);
        assert!(difference < 1e-4, "{}: off by {difference}", case.name);
    }
}

fn run(Case { name, network, input, classes, .. }: &Case) -> Vec<f32> {
    let bytes = network.onnx();
    let model = tract_onnx::onnx().model_for_read(&mut bytes.as_slice());
    let mut model = model.unwrap_or_else(|error| panic!("{name}: cannot be read: {error:?}"));
    let shape = input.shape().to_vec();
    let values: &[f32] = input.as_slice().expect("networks are f32");
    let mut inputs = tvec!(Tensor::from_shape(&shape, values).expect("a tensor").into_tvalue());
    if let Some(classes) = classes {
        inputs.push(Tensor::from_shape(&[classes.len()], classes).expect("a tensor").into_tvalue());
    }
    for (i, input) in inputs.iter().enumerate() {
        let fact = InferenceFact::dt_shape(input.datum_type(), input.shape());
        model.set_input_fact(i, fact).expect("an input");
    }
    let plan = model.into_optimized().and_then(TypedModel::into_runnable);
    let plan = plan.unwrap_or_else(|error| panic!("{name}: cannot be planned: {error:?}"));
    let outputs = plan.run(inputs).unwrap_or_else(|error| panic!("{name}: {error:?}"));
    outputs[0].to_plain_array_view::<f32>().expect("f32").iter().copied().collect()
}
