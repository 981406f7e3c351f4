//! The floor below a step of the presets `tutorial`, `mlp`, `dcgan` and `r3-small`: its matrix products alone, in a
//! plain loop over the `gemm` crate, the rows of each product shared among the threads.
//!
//! ```text
//! cargo run -p gan-kernels --example gemm_floor -- BATCH THREADS SECONDS [PRESET]
//! ```
//!
//! Prints JSON: the median of the milliseconds of one pass over all products.

use std::time::Instant;

use gemm::Parallelism;
use rayon::prelude::*;

/// Rows, depth and columns of the products of one step, of which `batch` many rows are one batch.
/// Every product of a layer's forward pass, of its weight's and of its input's gradient has the
/// same three sizes in another order.
fn products(batch: usize) -> Vec<[usize; 3]> {
    let (g_hidden, g_output) = ((100, 128), (128, 784));
    let (d_hidden, d_output) = ((784, 128), (128, 1));
    let forward = |(inputs, outputs): (usize, usize)| [batch, inputs, outputs];
    let of_weight = |(inputs, outputs): (usize, usize)| [inputs, batch, outputs];
    let of_input = |(inputs, outputs): (usize, usize)| [batch, outputs, inputs];
    let d_half = [
        [forward(g_hidden), forward(g_output)].to_vec(),
        // Real and generated images.
        [forward(d_hidden), forward(d_output)].repeat(2),
        [of_weight(d_output), of_input(d_output), of_weight(d_hidden)].repeat(2),
    ];
    let g_half = [
        forward(g_hidden),
        forward(g_output),
        forward(d_hidden),
        forward(d_output),
        of_input(d_output),
        of_input(d_hidden),
        of_weight(g_output),
        of_input(g_output),
        of_weight(g_hidden),
    ];
    d_half.into_iter().flatten().chain(g_half).collect()
}

/// Rows for each image, inputs and outputs of a layer. A convolution is a product of the windows: as
/// many rows as a window has places.
type Layer = [usize; 3];

/// The layers of generator and discriminator.
type Networks = [Vec<Layer>; 2];

fn mlp() -> Networks {
    let generator = vec![[1, 64, 512], [1, 512, 512], [1, 512, 784]];
    [generator, vec![[1, 784, 512], [1, 512, 512], [1, 512, 1]]]
}

/// On images of 28 pixels.
fn dcgan() -> Networks {
    let generator = vec![[1, 64, 256], [1, 256, 3136], [49, 64, 512], [196, 32, 16]];
    [generator, vec![[196, 16, 32], [49, 512, 64], [1, 3136, 256], [1, 256, 1]]]
}

/// On images of 28 pixels, which are 7 × 7 patches.
fn r3_small() -> Networks {
    let groups = vec![[49, 144, 16]; 8];
    let block = [vec![[49, 64, 128]], groups, vec![[49, 128, 64]]].concat();
    let blocks = block.repeat(2);
    let generator = [vec![[1, 64, 64]], blocks.clone(), vec![[49, 64, 16]]].concat();
    [generator, [vec![[49, 16, 64]], blocks, vec![[1, 64, 1]]].concat()]
}

/// The products of a step whose discriminator sees real and generated images in one pass and whose
/// penalties run through its layers once more, backwards, and are differentiated themselves.
fn products_with_slopes([g_layers, d_layers]: Networks, batch: usize) -> Vec<[usize; 3]> {
    let forward = |images| move |&[rows, inputs, outputs]: &Layer| [images * rows, inputs, outputs];
    let of_input =
        |images| move |&[rows, inputs, outputs]: &Layer| [images * rows, outputs, inputs];
    let of_weight =
        |images| move |&[rows, inputs, outputs]: &Layer| [inputs, images * rows, outputs];
    let both = 2 * batch;
    let mut products = Vec::new();
    // Twice the generator; the discriminator in its own half and in the generator's.
    for _ in 0..2 {
        products.extend(g_layers.iter().map(forward(batch)));
        products.extend(d_layers.iter().map(forward(both)));
    }
    // The slope, and its derivative in what runs backwards and in the weights; the last layer's
    // weights are themselves what begins it.
    for layer in &d_layers[..d_layers.len() - 1] {
        products.extend([of_input(both)(layer), forward(both)(layer), of_weight(both)(layer)]);
    }
    // The loss in the discriminator's weights.
    products.extend(d_layers.iter().map(of_weight(both)));
    products.extend(d_layers[1..].iter().map(of_input(both)));
    // The loss in the generated images, and in the generator's weights.
    products.extend(d_layers.iter().map(of_input(batch)));
    products.extend(g_layers.iter().map(of_weight(batch)));
    products.extend(g_layers[1..].iter().map(of_input(batch)));
    products
}

fn main() {
    let arguments: Vec<f64> = std::env::args().skip(1).filter_map(|x| x.parse().ok()).collect();
    let [batch, threads, seconds] = arguments[..] else {
        eprintln!("usage: gemm_floor BATCH THREADS SECONDS [PRESET]");
        std::process::exit(2);
    };
    let threads = threads as usize;
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().expect("the first pool");
    let batch = batch as usize;
    let products = match std::env::args().nth(4).as_deref() {
        Some("mlp") => products_with_slopes(mlp(), batch),
        Some("dcgan") => products_with_slopes(dcgan(), batch),
        Some("r3-small") => products_with_slopes(r3_small(), batch),
        _ => products(batch),
    };
    let largest = |at: usize, other: usize| products.iter().map(|p| p[at] * p[other]).max();
    let [a, b, c] = [(0, 1), (1, 2), (0, 2)]
        .map(|(at, other)| vec![0.5f32; largest(at, other).expect("there are products")]);
    let mut c = c;
    let mut pass = || {
        let start = Instant::now();
        for &[rows, depth, columns] in &products {
            let share = rows.div_ceil(threads);
            c[..rows * columns].par_chunks_mut(share * columns).enumerate().for_each(|(i, c)| {
                multiply(&a[i * share * depth..], &b, c, [c.len() / columns, depth, columns]);
            });
        }
        start.elapsed().as_secs_f64() * 1e3
    };
    let times = gan_kernels::with_pool_awake(|| {
        let (start, mut times) = (Instant::now(), Vec::new());
        while times.len() < 3 || start.elapsed().as_secs_f64() < seconds {
            times.push(pass());
        }
        times
    });
    let mut times = times;
    times.sort_by(f64::total_cmp);
    println!("{{\"median_ms\": {}}}", times[times.len() / 2]);
}

/// c = a · b, all three row by row.
fn multiply(a: &[f32], b: &[f32], c: &mut [f32], [rows, depth, columns]: [usize; 3]) {
    assert!(a.len() >= rows * depth && b.len() >= depth * columns && c.len() >= rows * columns);
    let stride = |length: usize| isize::try_from(length).expect("small");
    // SAFETY: the three matrices lie within their slices, as asserted, and `c` is borrowed alone.
    #[allow(unsafe_code)]
    unsafe {
        gemm::gemm(
            rows,
            columns,
            depth,
            c.as_mut_ptr(),
            1,
            stride(columns),
            false,
            a.as_ptr(),
            1,
            stride(depth),
            b.as_ptr(),
            1,
            stride(columns),
            0.0,
            1.0,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}
