//! Published data sets, fetched once: over HTTPS, resumed where a download broke off, checked against
//! their checksums. Nothing else in the project needs the network.

mod cifar;
mod download;
mod emnist;

use std::path::{Path, PathBuf};

pub use download::FetchError;

/// A published data set.
#[derive(Clone, Copy, Debug)]
pub struct PublishedSet {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it holds, in one line.
    pub summary: &'static str,
    /// Where its authors describe it.
    pub homepage: &'static str,
    files: &'static [PublishedFile],
    /// The name below the folder of the set that `--data` takes; empty for the folder itself.
    data: &'static str,
    /// Makes what `data` names of the files in the folder.
    finish: Option<Finish>,
}

type Finish = fn(&Path) -> Result<(), FetchError>;

/// A file of a published data set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PublishedFile {
    pub(crate) name: &'static str,
    /// The folder that holds it, with `/` at its end.
    pub(crate) mirror: &'static str,
    pub(crate) bytes: u64,
    pub(crate) sha256: &'static str,
}

const FASHION: &str = "https://fashion-mnist.s3.eu-central-1.amazonaws.com/";
const KMNIST: &str = "https://codh.rois.ac.jp/kmnist/dataset/kmnist/";
const CIFAR: &str = "https://www.cs.toronto.edu/~kriz/";

/// Every data set that can be fetched. Sizes and checksums are those that TensorFlow Datasets
/// records (`tensorflow_datasets/url_checksums/`).
pub const PUBLISHED: &[PublishedSet] = &[
    PublishedSet {
        name: "fashion-mnist",
        summary: "70,000 grey pictures of clothing, 28 × 28, 10 classes",
        homepage: "https://github.com/zalandoresearch/fashion-mnist",
        files: &[
            PublishedFile {
                name: "train-images-idx3-ubyte.gz",
                mirror: FASHION,
                bytes: 26_421_880,
                sha256: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            },
            PublishedFile {
                name: "train-labels-idx1-ubyte.gz",
                mirror: FASHION,
                bytes: 29_515,
                sha256: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            },
            PublishedFile {
                name: "t10k-images-idx3-ubyte.gz",
                mirror: FASHION,
                bytes: 4_422_102,
                sha256: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            },
            PublishedFile {
                name: "t10k-labels-idx1-ubyte.gz",
                mirror: FASHION,
                bytes: 5_148,
                sha256: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
            },
        ],
        data: "",
        finish: None,
    },
    PublishedSet {
        name: "kmnist",
        summary: "70,000 grey Hiragana characters, 28 × 28, 10 classes",
        homepage: "https://github.com/rois-codh/kmnist",
        files: &[
            PublishedFile {
                name: "train-images-idx3-ubyte.gz",
                mirror: KMNIST,
                bytes: 18_165_135,
                sha256: "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
            },
            PublishedFile {
                name: "train-labels-idx1-ubyte.gz",
                mirror: KMNIST,
                bytes: 29_497,
                sha256: "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
            },
            PublishedFile {
                name: "t10k-images-idx3-ubyte.gz",
                mirror: KMNIST,
                bytes: 3_041_136,
                sha256: "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
            },
            PublishedFile {
                name: "t10k-labels-idx1-ubyte.gz",
                mirror: KMNIST,
                bytes: 5_120,
                sha256: "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
            },
        ],
        data: "",
        finish: None,
    },
    PublishedSet {
        name: "cifar-10",
        summary: "60,000 colour photographs, 32 × 32, 10 classes",
        homepage: "https://www.cs.toronto.edu/~kriz/cifar.html",
        files: &[PublishedFile {
            name: "cifar-10-binary.tar.gz",
            mirror: CIFAR,
            bytes: 170_052_171,
            sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
        }],
        data: cifar::DATA,
        finish: Some(cifar::finish),
    },
    PublishedSet {
        name: "emnist-letters",
        summary: "145,600 grey handwritten letters, 28 × 28, 26 classes",
        homepage: EMNIST_PAGE,
        files: &[EMNIST],
        data: emnist::LETTERS,
        finish: Some(emnist::finish_letters),
    },
    PublishedSet {
        name: "emnist-balanced",
        summary: "131,600 grey handwritten digits and letters, 28 × 28, 47 classes",
        homepage: EMNIST_PAGE,
        files: &[EMNIST],
        data: emnist::BALANCED,
        finish: Some(emnist::finish_balanced),
    },
];

const EMNIST_PAGE: &str = "https://www.nist.gov/itl/products-and-services/emnist-dataset";
/// All parts of EMNIST.
const EMNIST: PublishedFile = PublishedFile {
    name: "gzip.zip",
    mirror: "https://biometrics.nist.gov/cs_links/EMNIST/",
    bytes: 561_753_746,
    sha256: "fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e",
};

impl PublishedSet {
    /// The set called `name`, where there is one.
    pub fn named(name: &str) -> Option<&'static Self> {
        PUBLISHED.iter().find(|set| set.name == name)
    }

    /// Bytes that are downloaded.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// Fetches the set into `folder`, which is made where it is missing, and gives what `--data` takes.
    /// What is there already, whole, is not fetched again. `mirror`, ending in `/`, is asked instead of
    /// the published one. `progress` is told how many of [`PublishedSet::bytes`] are there.
    ///
    /// # Errors
    /// If a file cannot be fetched (the message says how to do it by hand), is another than the
    /// published one, or cannot be written.
    pub fn fetch(
        &self,
        folder: &Path,
        mirror: Option<&str>,
        progress: &dyn Fn(u64),
    ) -> Result<PathBuf, FetchError> {
        download::make_folder(folder)?;
        let mut before = 0;
        for file in self.files {
            download::fetch(file, folder, mirror.unwrap_or(file.mirror), &|bytes| {
                progress(before + bytes);
            })?;
            before += file.bytes;
            progress(before);
        }
        if let Some(finish) = self.finish {
            finish(folder)?;
        }
        Ok(if self.data.is_empty() { folder.to_owned() } else { folder.join(self.data) })
    }
}
