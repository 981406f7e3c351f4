//! `cargo xtask web`: the browser lab as a folder of static files, and a server to try it with.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};

use crate::{Outcome, cargo, program, run, run_with, target_dir};

/// The same version as in `Cargo.lock`: both halves of wasm-bindgen must agree.
const WASM_BINDGEN: &str = "0.2.130";
const BINARYEN: &str = "binaryen@132.0.0";
const PLAYWRIGHT: &[&str] = &["playwright-core@1.65.1", "axe-core@4"];

/// Tests of the site, in `tests/browser`.
const CHECKS: [&str; 3] = ["lab.mjs", "lab-learning.mjs", "lab-plane.mjs"];

/// Files of the workspace that the page fetches.
const DATA: [(&str, &str); 2] = [
    ("crates/gan-data/data/mnist.zst", "data/mnist.zst"),
    ("crates/gan-metrics/data/mnistcnn.safetensors", "data/mnistcnn.safetensors"),
];

/// What is done with the site once it is built.
pub struct Then {
    pub serve: Option<u16>,
    pub check: bool,
}

/// Builds the site into `target/site`.
pub fn web(then: &Then) -> Outcome {
    let site = target_dir().join("site");
    build(&site)?;
    eprintln!("the site is in {}; any web server can serve it", site.display());
    if then.check {
        check(&site)?;
    }
    match then.serve {
        Some(port) => serve(&site, port),
        None => Ok(()),
    }
}

fn build(site: &Path) -> Outcome {
    cargo(&[
        "rustc",
        "-p",
        "gan-web",
        "--lib",
        "--crate-type",
        "cdylib",
        "--profile",
        "web",
        "--target",
        "wasm32-unknown-unknown",
        "--locked",
    ])?;
    let built = target_dir().join("wasm32-unknown-unknown/web/gan_web.wasm");
    if site.exists() {
        std::fs::remove_dir_all(site).map_err(|error| problem(site, &error))?;
    }
    copy_folder(Path::new("crates/gan-web/site"), site)?;
    for (from, to) in DATA {
        copy(Path::new(from), &site.join(to))?;
    }
    let pkg = site.join("pkg");
    bind(&built, &pkg)?;
    let wasm = pkg.join("gan_web_bg.wasm");
    let path = wasm.display().to_string();
    // The features that every browser of the last years has; wasm-opt reads no list from the file.
    npm_exec(
        BINARYEN,
        &[
            "wasm-opt",
            "-O3",
            "--enable-simd",
            "--enable-bulk-memory",
            "--enable-sign-ext",
            "--enable-mutable-globals",
            "--enable-nontrapping-float-to-int",
            "--enable-reference-types",
            "--enable-multivalue",
            &path,
            "-o",
            &path,
        ],
    )?;
    list_files(site)
}

/// JavaScript's half, by the program `wasm-bindgen`, which is installed where it is missing.
fn bind(built: &Path, pkg: &Path) -> Outcome {
    let home = target_dir().join("tools");
    let program = home.join("bin/wasm-bindgen");
    if !program.exists() {
        eprintln!("installing wasm-bindgen {WASM_BINDGEN} into {}", home.display());
        let root = home.display().to_string();
        cargo(&["install", "wasm-bindgen-cli", "--version", WASM_BINDGEN, "--root", &root])?;
    }
    let (built, pkg) = (built.display().to_string(), pkg.display().to_string());
    let args = [built.as_str(), "--target", "web", "--no-typescript", "--out-dir", &pkg];
    run(program, &args, Path::new("."))
}

/// Tells the service worker which files there are, and gives them a version that changes when one does.
fn list_files(site: &Path) -> Outcome {
    let mut files = Vec::new();
    walk(site, &mut |path| {
        if path.file_name() != Some("sw.js".as_ref()) {
            files.push(path.to_owned());
        }
    })?;
    files.sort();
    // FNV-1a: a version needs to differ, no more.
    let (mut version, mut list) = (0xcbf2_9ce4_8422_2325_u64, String::new());
    let mut sizes = 0;
    for file in &files {
        let bytes = std::fs::read(file).map_err(|error| problem(file, &error))?;
        for &byte in &bytes {
            version = (version ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        let name = file.strip_prefix(site).expect("below the site").display().to_string();
        if !name.starts_with("data/") {
            sizes += bytes.len();
        }
        write!(list, "'{name}', ").expect("to a string");
    }
    let worker = site.join("sw.js");
    let text = std::fs::read_to_string(&worker).map_err(|error| problem(&worker, &error))?;
    let text = text
        .replace("__VERSION__", &format!("{version:016x}"))
        .replace("/* __FILES__ */", list.trim_end_matches(", "));
    std::fs::write(&worker, text).map_err(|error| problem(&worker, &error))?;
    eprintln!("{} files, {} KB without the data, before compression", files.len(), sizes / 1000);
    Ok(())
}

/// The tests in a real browser, which compare the page with the program `gan`.
fn check(site: &Path) -> Outcome {
    let tests = target_dir().join("browser-tests");
    std::fs::create_dir_all(&tests).map_err(|error| problem(&tests, &error))?;
    if !tests.join("node_modules/axe-core").exists() {
        let args = [&["install", "--no-save", "--prefix", "."], PLAYWRIGHT].concat();
        run("npm".into(), &args, &tests)?;
    }
    let gan = program("gan");
    if !gan.exists() {
        cargo(&["build", "-p", "gan-cli", "--locked"])?;
    }
    let gan = gan.display().to_string();
    let scripts = std::env::current_dir().map_err(|error| error.to_string())?.join("tests/browser");
    CHECKS.iter().try_for_each(|check| {
        let script = scripts.join(check).display().to_string();
        let args = [script.as_str(), &site.display().to_string()];
        run_with("node".into(), &args, &tests, &[("GAN", &gan)])
    })
}

fn npm_exec(package: &str, args: &[&str]) -> Outcome {
    let args = [&["exec", "--yes", "--package", package, "--"], args].concat();
    run("npm".into(), &args, Path::new("."))
}

/// Serves the site on this machine alone, until Ctrl-C.
fn serve(site: &Path, port: u16) -> Outcome {
    let listener = TcpListener::bind(("127.0.0.1", port))
        .map_err(|error| format!("port {port}: {error}; choose another with --port"))?;
    println!("http://127.0.0.1:{port}/  (Ctrl-C ends it)");
    for stream in listener.incoming().flatten() {
        let site = site.to_owned();
        // One who asks wrongly, or goes away, is nobody else's problem.
        std::thread::spawn(move || answer(&site, stream));
    }
    Ok(())
}

fn answer(site: &Path, stream: TcpStream) -> std::io::Result<()> {
    let mut request = String::new();
    BufReader::new(&stream).read_line(&mut request)?;
    let path = request.split(' ').nth(1).unwrap_or("/");
    let path = path.split(['?', '#']).next().unwrap_or("/").trim_start_matches('/');
    let name = if path.is_empty() { "index.html" } else { path };
    let outside = name.split('/').any(|part| part == "..") || Path::new(name).is_absolute();
    let file = if outside { None } else { std::fs::read(site.join(name)).ok() };
    let (status, kind, body) = match file {
        Some(body) => ("200 OK", kind(name), body),
        None => ("404 Not Found", "text/plain", b"there is no such file".to_vec()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let mut stream = stream;
    stream.write_all(head.as_bytes())?;
    stream.write_all(&body)
}

fn kind(name: &str) -> &'static str {
    match Path::new(name).extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    }
}

fn copy_folder(from: &Path, to: &Path) -> Outcome {
    let mut files = Vec::new();
    walk(from, &mut |path| files.push(path.to_owned()))?;
    files.iter().try_for_each(|file| {
        copy(file, &to.join(file.strip_prefix(from).expect("below the folder")))
    })
}

fn copy(from: &Path, to: &Path) -> Outcome {
    let folder = to.parent().expect("a file in a folder");
    std::fs::create_dir_all(folder).map_err(|error| problem(folder, &error))?;
    std::fs::copy(from, to).map_err(|error| problem(from, &error))?;
    Ok(())
}

/// Calls `each` with every file below `folder`.
fn walk(folder: &Path, each: &mut dyn FnMut(&PathBuf)) -> Outcome {
    for entry in std::fs::read_dir(folder).map_err(|error| problem(folder, &error))? {
        let path = entry.map_err(|error| problem(folder, &error))?.path();
        if path.is_dir() { walk(&path, each)? } else { each(&path) }
    }
    Ok(())
}

fn problem(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}
