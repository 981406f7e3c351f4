//! Who is not answered: other websites, and requests that no browser makes.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Bytes of an address that is answered.
const MAX_ADDRESS: usize = 1_024;

/// Every answer says these: nothing is loaded from elsewhere, and nobody else may embed the page.
const HEADERS: [(HeaderName, HeaderValue); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; \
             img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'",
        ),
    ),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// Answers requests of this server's own pages, and of people who type its address.
pub async fn refuse_strangers(request: Request, next: Next) -> Response {
    let mut response = match refusal(&request) {
        Some((status, why)) => (status, format!("{why}\n")).into_response(),
        None => next.run(request).await,
    };
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}

fn refusal(request: &Request) -> Option<(StatusCode, &'static str)> {
    let headers = request.headers();
    let address = request.uri().path_and_query().map_or(0, |path| path.as_str().len());
    if address > MAX_ADDRESS {
        return Some((StatusCode::URI_TOO_LONG, "the address is too long"));
    }
    let Some(host) = text(headers, &header::HOST) else {
        return Some((StatusCode::BAD_REQUEST, "the request has no Host"));
    };
    // A website whose name is made to resolve to this machine (DNS rebinding) has its name here.
    if !is_address(host) {
        return Some((StatusCode::FORBIDDEN, "the Host is not the address of this machine"));
    }
    let origin = text(headers, &header::ORIGIN);
    if origin.is_some_and(|origin| origin != format!("http://{host}")) {
        return Some((StatusCode::FORBIDDEN, "the request comes from another website"));
    }
    let fetch = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let from_elsewhere = fetch("sec-fetch-site") == Some("cross-site");
    if from_elsewhere && fetch("sec-fetch-mode") != Some("navigate") {
        return Some((StatusCode::FORBIDDEN, "the request comes from another website"));
    }
    None
}

/// Whether `host` is `localhost` or a bare IP address, with or without a port.
fn is_address(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok()
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::is_address;

    #[test]
    fn only_localhost_and_bare_addresses_are_this_machine() {
        for host in ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "[::1]:8000", "192.168.0.7"] {
            assert!(is_address(host), "{host}");
        }
        for host in ["example.org", "example.org:8000", "127.0.0.1.example.org", "", ":80", "a b"] {
            assert!(!is_address(host), "{host}");
        }
    }
}
