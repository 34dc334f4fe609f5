//! Who may talk to the server from a browser, and the headers that keep pages safe.
//!
//! There are no user accounts here; this keeps other web sites, open in the same browser, from reading
//! (host check against DNS rebinding) and from changing traces (origin check). Programs are not browsers:
//! they send neither `Origin` nor `Sec-Fetch-Site` and pass. The content security policy of pages is set
//! where pages are rendered, in `ui`.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::config::Config;
use crate::error::{ApiError, ErrorCode};

/// `Server`
const PRODUCT: &str = concat!("Spanfall/", env!("CARGO_PKG_VERSION"));
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// The one page that notebooks show in a frame of their own origin.
const NOTEBOOK_RENDERER: &str = "/static-files/lib/notebook-trace-renderer/";

/// Which pages may show ours in a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameOptions {
    /// Pages of this server.
    SameOrigin,
    /// None.
    Deny,
    /// All; no header is sent.
    Anyone,
}

/// The rules, from the settings.
#[derive(Debug, Clone)]
pub struct Policy(Arc<Rules>);

#[derive(Debug)]
struct Rules {
    is_loopback: bool,
    allowed_hosts: Vec<String>,
    allowed_origins: Vec<String>,
    frame_options: FrameOptions,
    renderer: String,
    open_paths: [String; 2],
}

impl Policy {
    /// From the settings.
    pub fn of(config: &Config) -> Self {
        let prefix = &config.static_prefix;
        Self(Arc::new(Rules {
            is_loopback: config.host.is_loopback(),
            allowed_hosts: config.allowed_hosts.clone(),
            allowed_origins: config.cors_allowed_origins.clone(),
            frame_options: config.x_frame_options,
            renderer: format!("{prefix}{NOTEBOOK_RENDERER}"),
            open_paths: [format!("{prefix}/health"), format!("{prefix}/version")],
        }))
    }
}

/// Refuses what the rules forbid, answers preflight requests of allowed origins, and adds headers.
pub async fn guard(State(Policy(rules)): State<Policy>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let cors = rules.cors_origin(headers);
    let is_framable = request.uri().path().starts_with(&rules.renderer);
    let is_preflight = request.method() == Method::OPTIONS
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let requested_headers = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS).cloned();
    let refusal = rules.refusal(&request);
    let mut response = match refusal {
        Some(refusal) => refusal.into_response(),
        None if is_preflight && cors.is_some() => StatusCode::NO_CONTENT.into_response(),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    headers.insert(header::SERVER, HeaderValue::from_static(PRODUCT));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    let frame = match rules.frame_options {
        FrameOptions::SameOrigin => Some("SAMEORIGIN"),
        FrameOptions::Deny => Some("DENY"),
        FrameOptions::Anyone => None,
    };
    if let (Some(frame), false) = (frame, is_framable) {
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static(frame));
    }
    if let Some(origin) = cors {
        add_cors_headers(headers, origin, is_preflight, requested_headers);
    }
    response
}

fn add_cors_headers(
    headers: &mut HeaderMap,
    origin: HeaderValue,
    is_preflight: bool,
    requested_headers: Option<HeaderValue>,
) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if is_preflight {
        let methods = HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE");
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
        if let Some(requested) = requested_headers {
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, requested);
        }
    }
}

impl Rules {
    fn refusal(&self, request: &Request) -> Option<ApiError> {
        let headers = request.headers();
        let is_open = self
            .open_paths
            .iter()
            .any(|path| path == request.uri().path());
        if !is_open && let Some(host) = refused_host(headers, |host| self.allows_host(host)) {
            return Some(ApiError::new(
                ErrorCode::PermissionDenied,
                format!(
                    "Invalid Host header - possible DNS rebinding attack detected. If '{host}' is a \
                     name of this server, start it with --allowed-hosts {host}"
                ),
            ));
        }
        let changes_state = !matches!(
            *request.method(),
            Method::GET | Method::HEAD | Method::OPTIONS
        );
        if changes_state && !self.allows_origin(headers) {
            return Some(ApiError::new(
                ErrorCode::PermissionDenied,
                "Cross-origin request blocked. Origins may be allowed with --cors-allowed-origins",
            ));
        }
        None
    }

    /// `host` without port, in lower case.
    fn allows_host(&self, host: &str) -> bool {
        if self
            .allowed_hosts
            .iter()
            .any(|allowed| matches_host(allowed, host))
        {
            return true;
        }
        let address: Option<IpAddr> = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse()
            .ok();
        if self.is_loopback {
            return host == "localhost"
                || host.ends_with(".localhost")
                || address.is_some_and(|address| address.is_loopback());
        }
        // A name without a dot cannot be one that an attacker owns.
        address.is_some() || !host.contains('.')
    }

    fn allows_origin(&self, headers: &HeaderMap) -> bool {
        let origin = header_text(headers, &header::ORIGIN);
        if origin.is_some_and(|origin| self.lists_origin(origin)) {
            return true;
        }
        match header_text(headers, &SEC_FETCH_SITE) {
            Some("same-origin" | "none") => return true,
            Some(_) => return false,
            None => {}
        }
        let Some(origin) = origin else { return true };
        let authority = origin.split_once("://").map(|(_, authority)| authority);
        authority.is_some_and(|authority| {
            header_text(headers, &header::HOST)
                .is_some_and(|host| host.eq_ignore_ascii_case(authority))
        })
    }

    fn lists_origin(&self, origin: &str) -> bool {
        self.allowed_origins
            .iter()
            .any(|allowed| allowed == "*" || allowed.eq_ignore_ascii_case(origin))
    }

    /// The origin to name in an answer to a page of another origin.
    fn cors_origin(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let origin = headers.get(header::ORIGIN)?;
        self.lists_origin(origin.to_str().ok()?)
            .then(|| origin.clone())
    }
}

/// The name in the header `Host` if it is not allowed. Without the header it is no browser.
fn refused_host(headers: &HeaderMap, allows: impl Fn(&str) -> bool) -> Option<String> {
    let sent = headers.get(header::HOST)?;
    let host = sent.to_str().unwrap_or("?").to_ascii_lowercase();
    let name = match host.rsplit_once(':') {
        // The colons of a bare IPv6 address are no port.
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => &host,
    };
    (!allows(name) && !allows(&host)).then(|| name.chars().take(100).collect())
}

/// `*` matches everything, `*.example.com` every name below.
fn matches_host(allowed: &str, host: &str) -> bool {
    match allowed.strip_prefix('*') {
        Some("") => true,
        Some(suffix) => host.ends_with(suffix),
        None => allowed == host,
    }
}

fn header_text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;

    fn rules(settings: Settings) -> Arc<Rules> {
        Policy::of(&settings.into_config().unwrap()).0
    }

    fn headers(entries: &[(HeaderName, &'static str)]) -> HeaderMap {
        entries
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_static(value)))
            .collect()
    }

    fn host_passes(rules: &Rules, host: &'static str) -> bool {
        let headers = headers(&[(header::HOST, host)]);
        refused_host(&headers, |host| rules.allows_host(host)).is_none()
    }

    #[test]
    fn loopback_answers_to_its_own_names_only() {
        let rules = rules(Settings::default());
        for host in [
            "localhost:5000",
            "127.0.0.1:5000",
            "127.0.0.1",
            "[::1]:5000",
            "LOCALHOST",
        ] {
            assert!(host_passes(&rules, host), "{host}");
        }
        for host in [
            "evil.example",
            "192.168.1.1:5000",
            "localhost.evil.example",
            "box:5000",
            "",
        ] {
            assert!(!host_passes(&rules, host), "{host}");
        }
    }

    #[test]
    fn open_servers_answer_to_addresses_and_bare_names() {
        let open = Settings {
            host: Some("0.0.0.0".into()),
            no_auth: Some(true),
            allowed_hosts: Some("traces.example.com,*.internal".into()),
            ..Settings::default()
        };
        let rules = rules(open);
        for host in [
            "10.0.0.1:5000",
            "box:5000",
            "traces.example.com",
            "a.internal:80",
            "[fe80::1]",
        ] {
            assert!(host_passes(&rules, host), "{host}");
        }
        assert!(!host_passes(&rules, "evil.example"));
    }

    #[test]
    fn only_own_and_listed_pages_change_state() {
        let settings = Settings {
            cors_allowed_origins: Some("https://notebook.example".into()),
            ..Settings::default()
        };
        let rules = rules(settings);
        let host = (header::HOST, "localhost:5000");
        let cases: [(&[(HeaderName, &str)], bool); 7] = [
            (&[], true),
            (&[(SEC_FETCH_SITE, "same-origin")], true),
            (&[(SEC_FETCH_SITE, "cross-site")], false),
            (
                &[
                    (SEC_FETCH_SITE, "same-site"),
                    (header::ORIGIN, "http://localhost:81"),
                ],
                false,
            ),
            (&[(header::ORIGIN, "http://localhost:5000")], true),
            (&[(header::ORIGIN, "null")], false),
            (
                &[
                    (SEC_FETCH_SITE, "cross-site"),
                    (header::ORIGIN, "https://notebook.example"),
                ],
                true,
            ),
        ];
        for (sent, passes) in cases {
            let sent: Vec<_> = sent.iter().cloned().chain([host.clone()]).collect();
            let sent: HeaderMap = sent
                .into_iter()
                .map(|(name, value)| (name, HeaderValue::from_str(value).unwrap()))
                .collect();
            assert_eq!(rules.allows_origin(&sent), passes, "{sent:?}");
        }
    }
}
