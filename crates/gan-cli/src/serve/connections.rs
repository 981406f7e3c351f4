//! Connections: how many, how slow, how long.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

/// Connections at a time; a browser opens six.
const MAX_CONNECTIONS: usize = 128;
/// Time to send the head of a request.
const HEAD: Duration = Duration::from_secs(10);
/// A connection ends after so long, whatever it does. Browsers open another; who reads too slowly
/// loses this one.
const LIFETIME: Duration = Duration::from_secs(120);
/// Bytes of the head of a request.
const MAX_HEAD: usize = 16 * 1024;

/// Answers whoever connects, until the process ends.
pub async fn accept(listener: TcpListener, router: Router) -> std::io::Result<()> {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return Ok(()) };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            // The client has gone, or there are too many open files: neither ends the server.
            Err(_) => {
                sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let service = TowerToHyperService::new(router.clone());
        tokio::spawn(async move {
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD)
                .max_buf_size(MAX_HEAD)
                .serve_connection(TokioIo::new(stream), service);
            // A broken connection concerns the client alone.
            let _ = timeout(LIFETIME, connection).await;
            drop(place);
        });
    }
}
