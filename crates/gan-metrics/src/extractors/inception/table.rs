//! Inception-v3 as a table: what the paper's figures 5 to 7 draw, in the order of computation.

/// A part of the network.
pub(super) enum Plan {
    /// A convolution.
    Conv(Conv),
    /// Mean of 3 × 3, the padding left out.
    AveragePool,
    /// Maximum of 3 × 3 at every position.
    MaxPool,
    /// Maximum of 3 × 3 at every second position, without padding.
    MaxPoolHalf,
    /// Branches of one input, their channels one after the other.
    Branches(Vec<Vec<Plan>>),
}

/// A convolution without bias, batch normalisation and ReLU.
pub(super) struct Conv {
    /// Name of its tensors, such as `Mixed_5b.branch1x1`.
    pub name: String,
    /// Channels in and out.
    pub channels: [usize; 2],
    /// Height and width of its kernel.
    pub kernel: [usize; 2],
    /// Step in both directions.
    pub stride: usize,
    /// Zeros above and below, left and right.
    pub padding: [usize; 2],
}

/// The whole network, up to the maps whose means are the features.
pub(super) fn inception_v3() -> Vec<Plan> {
    vec![
        conv("Conv2d_1a_3x3", 3, 32, [3, 3]).halved(),
        conv("Conv2d_2a_3x3", 32, 32, [3, 3]),
        conv("Conv2d_2b_3x3", 32, 64, [3, 3]).same(),
        Plan::MaxPoolHalf,
        conv("Conv2d_3b_1x1", 64, 80, [1, 1]),
        conv("Conv2d_4a_3x3", 80, 192, [3, 3]),
        Plan::MaxPoolHalf,
        block_a("Mixed_5b", 192, 32),
        block_a("Mixed_5c", 256, 64),
        block_a("Mixed_5d", 288, 64),
        block_b("Mixed_6a", 288),
        block_c("Mixed_6b", 768, 128),
        block_c("Mixed_6c", 768, 160),
        block_c("Mixed_6d", 768, 160),
        block_c("Mixed_6e", 768, 192),
        block_d("Mixed_7a", 768),
        block_e("Mixed_7b", 1280, Plan::AveragePool),
        block_e("Mixed_7c", 2048, Plan::MaxPool),
    ]
}

/// Figure 5: 5 × 5 beside a double 3 × 3.
fn block_a(block: &str, inputs: usize, pool_width: usize) -> Plan {
    let conv =
        |name, from, to, side| conv(&format!("{block}.{name}"), from, to, [side, side]).same();
    Plan::Branches(vec![
        vec![conv("branch1x1", inputs, 64, 1)],
        vec![conv("branch5x5_1", inputs, 48, 1), conv("branch5x5_2", 48, 64, 5)],
        vec![
            conv("branch3x3dbl_1", inputs, 64, 1),
            conv("branch3x3dbl_2", 64, 96, 3),
            conv("branch3x3dbl_3", 96, 96, 3),
        ],
        vec![Plan::AveragePool, conv("branch_pool", inputs, pool_width, 1)],
    ])
}

/// Figure 10: halves the maps, 35 → 17.
fn block_b(block: &str, inputs: usize) -> Plan {
    let conv = |name, from, to, side| conv(&format!("{block}.{name}"), from, to, [side, side]);
    Plan::Branches(vec![
        vec![conv("branch3x3", inputs, 384, 3).halved()],
        vec![
            conv("branch3x3dbl_1", inputs, 64, 1),
            conv("branch3x3dbl_2", 64, 96, 3).same(),
            conv("branch3x3dbl_3", 96, 96, 3).halved(),
        ],
        vec![Plan::MaxPoolHalf],
    ])
}

/// Figure 6: 7 × 7 taken apart into 1 × 7 and 7 × 1, `width` channels between them.
fn block_c(block: &str, inputs: usize, width: usize) -> Plan {
    let conv = |name, from, to, kernel| conv(&format!("{block}.{name}"), from, to, kernel).same();
    Plan::Branches(vec![
        vec![conv("branch1x1", inputs, 192, [1, 1])],
        vec![
            conv("branch7x7_1", inputs, width, [1, 1]),
            conv("branch7x7_2", width, width, [1, 7]),
            conv("branch7x7_3", width, 192, [7, 1]),
        ],
        vec![
            conv("branch7x7dbl_1", inputs, width, [1, 1]),
            conv("branch7x7dbl_2", width, width, [7, 1]),
            conv("branch7x7dbl_3", width, width, [1, 7]),
            conv("branch7x7dbl_4", width, width, [7, 1]),
            conv("branch7x7dbl_5", width, 192, [1, 7]),
        ],
        vec![Plan::AveragePool, conv("branch_pool", inputs, 192, [1, 1])],
    ])
}

/// Halves the maps, 17 → 8.
fn block_d(block: &str, inputs: usize) -> Plan {
    let conv = |name, from, to, kernel| conv(&format!("{block}.{name}"), from, to, kernel);
    Plan::Branches(vec![
        vec![
            conv("branch3x3_1", inputs, 192, [1, 1]),
            conv("branch3x3_2", 192, 320, [3, 3]).halved(),
        ],
        vec![
            conv("branch7x7x3_1", inputs, 192, [1, 1]),
            conv("branch7x7x3_2", 192, 192, [1, 7]).same(),
            conv("branch7x7x3_3", 192, 192, [7, 1]).same(),
            conv("branch7x7x3_4", 192, 192, [3, 3]).halved(),
        ],
        vec![Plan::MaxPoolHalf],
    ])
}

/// Figure 7: 1 × 3 and 3 × 1 side by side.
fn block_e(block: &str, inputs: usize, pool: Plan) -> Plan {
    let conv = |name, from, to, kernel| conv(&format!("{block}.{name}"), from, to, kernel).same();
    Plan::Branches(vec![
        vec![conv("branch1x1", inputs, 320, [1, 1])],
        vec![
            conv("branch3x3_1", inputs, 384, [1, 1]),
            Plan::Branches(vec![
                vec![conv("branch3x3_2a", 384, 384, [1, 3])],
                vec![conv("branch3x3_2b", 384, 384, [3, 1])],
            ]),
        ],
        vec![
            conv("branch3x3dbl_1", inputs, 448, [1, 1]),
            conv("branch3x3dbl_2", 448, 384, [3, 3]),
            Plan::Branches(vec![
                vec![conv("branch3x3dbl_3a", 384, 384, [1, 3])],
                vec![conv("branch3x3dbl_3b", 384, 384, [3, 1])],
            ]),
        ],
        vec![pool, conv("branch_pool", inputs, 192, [1, 1])],
    ])
}

/// A convolution at every position, without padding.
fn conv(name: &str, from: usize, to: usize, kernel: [usize; 2]) -> Plan {
    let name = name.to_owned();
    Plan::Conv(Conv { name, channels: [from, to], kernel, stride: 1, padding: [0, 0] })
}

impl Plan {
    /// With as much padding as keeps the maps' size.
    fn same(mut self) -> Self {
        if let Self::Conv(conv) = &mut self {
            conv.padding = conv.kernel.map(|side| side / 2);
        }
        self
    }

    /// At every second position.
    fn halved(mut self) -> Self {
        if let Self::Conv(conv) = &mut self {
            conv.stride = 2;
        }
        self
    }
}

impl Conv {
    /// Shape of its weights: channels out and in, height and width.
    pub fn shape(&self) -> [usize; 4] {
        let ([from, to], [height, width]) = (self.channels, self.kernel);
        [to, from, height, width]
    }
}

/// Name and shape of every tensor of the network.
pub(super) fn tensors() -> Vec<(String, Vec<usize>)> {
    let mut all = Vec::new();
    collect(&inception_v3(), &mut all);
    all
}

fn collect(plans: &[Plan], all: &mut Vec<(String, Vec<usize>)>) {
    for plan in plans {
        match plan {
            Plan::Conv(conv) => {
                all.push((format!("{}.conv.weight", conv.name), conv.shape().to_vec()));
                for part in ["weight", "bias", "running_mean", "running_var"] {
                    all.push((format!("{}.bn.{part}", conv.name), vec![conv.channels[1]]));
                }
            }
            Plan::Branches(branches) => branches.iter().for_each(|branch| collect(branch, all)),
            Plan::AveragePool | Plan::MaxPool | Plan::MaxPoolHalf => {}
        }
    }
}
