//! One file: fetched aside, resumed, checked, renamed.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use gan_weights::sha256;

use super::PublishedFile;

/// Why a data set could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The network or the server did not give the file.
    #[error(
        "{url} cannot be fetched: {problem}; on a machine with a network, download it and put it into \
         {} (SHA-256 {sha256})", folder.display()
    )]
    Network {
        /// What was asked for.
        url: String,
        /// What went wrong.
        problem: String,
        /// Where the file belongs.
        folder: PathBuf,
        /// Its checksum.
        sha256: &'static str,
    },
    /// The file is another than the published one.
    #[error("{}: SHA-256 {found}, not {expected}: damaged, or another file; it was put aside as {}", path.display(), aside.display())]
    Checksum {
        /// The file.
        path: PathBuf,
        /// Where it is now.
        aside: PathBuf,
        /// Its checksum.
        found: String,
        /// That of the published file.
        expected: &'static str,
    },
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

pub(super) fn of_file(path: &Path) -> impl FnOnce(std::io::Error) -> FetchError + '_ {
    |source| FetchError::File { path: path.to_owned(), source }
}

pub(super) fn make_folder(folder: &Path) -> Result<(), FetchError> {
    std::fs::create_dir_all(folder).map_err(of_file(folder))
}

/// Fetches `file` into `folder`, unless it is there; a part of it that is there is continued.
pub(super) fn fetch(
    file: &PublishedFile,
    folder: &Path,
    mirror: &str,
    progress: &dyn Fn(u64),
) -> Result<(), FetchError> {
    let path = folder.join(file.name);
    if path.is_file() {
        return check(file, &path, &path);
    }
    let part = folder.join(format!("{}.part", file.name));
    let url = format!("{mirror}{}", file.name);
    let failed = |problem: String| FetchError::Network {
        url: url.clone(),
        problem,
        folder: folder.to_owned(),
        sha256: file.sha256,
    };
    let mut out = File::options().create(true).append(true).open(&part).map_err(of_file(&part))?;
    let mut have = out.metadata().map_err(of_file(&part))?.len();
    if have < file.bytes {
        let agent = ureq::Agent::new_with_config(
            ureq::Agent::config_builder()
                .timeout_connect(Some(Duration::from_secs(20)))
                .timeout_recv_response(Some(Duration::from_secs(30)))
                .build(),
        );
        let request = agent.get(&url).header("Range", format!("bytes={have}-"));
        let response = request.call().map_err(|error| failed(error.to_string()))?;
        // A server that knows no ranges begins anew.
        if response.status() != 206 {
            out.set_len(0).map_err(of_file(&part))?;
            have = 0;
        }
        let mut body = response.into_body().into_reader();
        let mut chunk = vec![0; 1 << 16];
        while have <= file.bytes {
            match body.read(&mut chunk).map_err(|error| failed(error.to_string()))? {
                0 => break,
                read => {
                    out.write_all(&chunk[..read]).map_err(of_file(&part))?;
                    have += read as u64;
                    progress(have.min(file.bytes));
                }
            }
        }
        if have < file.bytes {
            let problem = format!("broke off after {have} of {} bytes; try again", file.bytes);
            return Err(failed(problem));
        }
    }
    drop(out);
    check(file, &part, &path)?;
    std::fs::rename(&part, &path).map_err(of_file(&path))
}

/// Refuses a file at `path` that is not the published one, and puts it aside.
fn check(file: &PublishedFile, path: &Path, named: &Path) -> Result<(), FetchError> {
    let found = sha256(&std::fs::read(path).map_err(of_file(path))?);
    if found == file.sha256 {
        return Ok(());
    }
    let aside = named.with_extension("damaged");
    std::fs::rename(path, &aside).map_err(of_file(path))?;
    Err(FetchError::Checksum { path: named.to_owned(), aside, found, expected: file.sha256 })
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::net::TcpListener;

    use super::*;

    const BODY: &[u8] = b"a published file";
    const FILE: PublishedFile = PublishedFile {
        name: "data.bin",
        mirror: "",
        bytes: BODY.len() as u64,
        // Not that of the bytes above.
        sha256: "76ffc79f47e84fc0d0ad0f0e7e1d5e2d3d9a3cbe7c5d84a3d0e8d0ac3a4dfb0a",
    };

    /// A server of `requests` requests, which breaks the first one off after `first` bytes; gives its
    /// address.
    fn serve(requests: usize, first: usize) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for number in 0..requests {
                let (mut stream, _) = listener.accept().unwrap();
                let mut start = 0;
                for line in BufReader::new(&stream).lines() {
                    let line = line.unwrap().to_ascii_lowercase();
                    if let Some(range) = line.strip_prefix("range: bytes=") {
                        start = range.trim_end_matches('-').parse().unwrap();
                    }
                    if line.is_empty() {
                        break;
                    }
                }
                let end = if number == 0 { first } else { BODY.len() };
                write!(
                    stream,
                    "HTTP/1.1 206 Partial Content\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    BODY.len() - start
                )
                .unwrap();
                stream.write_all(&BODY[start..end.max(start)]).unwrap();
            }
        });
        format!("http://{address}/")
    }

    fn file() -> PublishedFile {
        PublishedFile { sha256: Box::leak(sha256(BODY).into_boxed_str()), ..FILE }
    }

    #[test]
    fn a_download_that_broke_off_is_continued_and_checked() {
        let folder = tempfile::tempdir().unwrap();
        let mirror = serve(2, 5);
        let message = fetch(&file(), folder.path(), &mirror, &|_| {}).unwrap_err().to_string();
        assert!(message.contains("data.bin") && message.contains("put it into"), "{message}");
        fetch(&file(), folder.path(), &mirror, &|_| {}).unwrap();
        assert_eq!(std::fs::read(folder.path().join("data.bin")).unwrap(), BODY);
        // There already: the server answers no third request.
        fetch(&file(), folder.path(), &mirror, &|_| {}).unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn another_file_than_the_published_one_is_refused_and_put_aside() {
        let folder = tempfile::tempdir().unwrap();
        let mirror = serve(1, BODY.len());
        let error = fetch(&FILE, folder.path(), &mirror, &|_| {}).unwrap_err();
        assert!(matches!(error, FetchError::Checksum { .. }), "{error}");
        assert!(folder.path().join("data.damaged").is_file());
        assert!(!folder.path().join("data.bin").exists());
    }

    #[test]
    fn without_a_network_it_says_what_to_download_and_where_to_put_it() {
        let folder = tempfile::tempdir().unwrap();
        // A port that nobody listens on.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mirror = format!("http://127.0.0.1:{port}/");
        let message = fetch(&FILE, folder.path(), &mirror, &|_| {}).unwrap_err().to_string();
        let folder = folder.path().display().to_string();
        assert!(message.contains(&format!("{mirror}data.bin")), "{message}");
        assert!(message.contains(&folder) && message.contains(FILE.sha256), "{message}");
    }
}
