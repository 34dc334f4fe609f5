//! Addresses of the viewer as the browser must ask for them.
//!
//! Behind a reverse proxy the server can be told to stand below a path (`--static-prefix`). The router of the server takes that
//! path off before a page sees it, so pages think in addresses like `/traces/tr-1`; whatever they hand to the browser goes
//! through [`at`]. The server tells the page the prefix in `<html data-base>`. The tests below find addresses that were written
//! without it.

use leptos_router::NavigateOptions;

/// The path that the server stands below, put into context by the server; no context is no prefix.
#[cfg(not(feature = "hydrate"))]
#[derive(Clone)]
pub struct Prefix(pub std::sync::Arc<str>);

/// The path that the server stands below: empty, or like `/tools/spanfall`.
#[cfg(not(feature = "hydrate"))]
pub fn prefix() -> String {
    use leptos::prelude::use_context;
    use_context::<Prefix>().map_or_else(String::new, |prefix| prefix.0.to_string())
}

#[cfg(feature = "hydrate")]
pub use browser_half::prefix;

#[cfg(feature = "hydrate")]
mod browser_half {
    thread_local! {
        static PREFIX: String = crate::browser::base().unwrap_or_default();
    }

    /// The path that the server stands below: empty, or like `/tools/spanfall`.
    pub fn prefix() -> String {
        PREFIX.with(Clone::clone)
    }
}

/// The address of a page, a file or a function of this server, for the browser.
pub fn at(path: &str) -> String {
    below(prefix(), path)
}

/// The path within the viewer of an address that [`at`] made; `None` if it is of something else.
pub fn within(address: &str) -> Option<String> {
    strip(&prefix(), address).map(str::to_owned)
}

/// How to navigate to an address that [`at`] made: the router must not put the prefix before it once more.
pub fn as_is() -> NavigateOptions {
    NavigateOptions {
        resolve: false,
        ..NavigateOptions::default()
    }
}

fn below(mut prefix: String, path: &str) -> String {
    // The prefix itself is the home page's address; with a slash behind it the server would have to redirect.
    if path != "/" || prefix.is_empty() {
        prefix.push_str(path);
    }
    prefix
}

fn strip<'a>(prefix: &str, address: &'a str) -> Option<&'a str> {
    let rest = address.strip_prefix(prefix)?;
    let is_end = prefix.is_empty() || rest.is_empty() || rest.starts_with(['/', '?', '#']);
    is_end.then_some(rest)
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{below, strip};

    #[test]
    fn the_prefix_comes_and_goes() {
        let under = |path: &str| below("/a/b".to_owned(), path);
        assert_eq!(under("/traces/tr-1"), "/a/b/traces/tr-1");
        assert_eq!(under("/"), "/a/b");
        assert_eq!(below(String::new(), "/"), "/");
        assert_eq!(strip("/a/b", "/a/b/traces/tr-1"), Some("/traces/tr-1"));
        assert_eq!(strip("/a/b", "/a/b?search=x"), Some("?search=x"));
        assert_eq!(strip("/a/b", "/a/bc"), None);
        assert_eq!(strip("", "/traces/tr-1"), Some("/traces/tr-1"));
    }

    fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }

    /// Whether a line has a text that looks like an address and does not go through `at`.
    fn is_bare(previous: &str, line: &str) -> bool {
        let code = line.trim_start();
        if code.starts_with("//") || code.starts_with("#[server(") {
            return false;
        }
        line.match_indices("\"/").any(|(place, _)| {
            let (before, after) = (&line[..place], &line[place + 2..]);
            let before = if before.trim().is_empty() {
                previous
            } else {
                before
            };
            // Put together, an address is read, not given out.
            let is_read = before.ends_with("join(");
            if before.ends_with("at(") || before.ends_with("at(&format!(") || is_read {
                return false;
            }
            match after.chars().next() {
                Some('"') => {
                    let after = &after[1..];
                    let is_argument = after.starts_with(')') || after.starts_with(".to_");
                    before.ends_with('=') || is_argument
                }
                Some(next) => next.is_ascii_lowercase() || next == '{' || next == '?',
                None => false,
            }
        })
    }

    #[test]
    fn bare_addresses_are_recognised() {
        for line in [
            r#"<a href="/">"All"</a>"#,
            r#"let base = format!("/experiments/{}", id);"#,
            r#"Crumb::link("Experiments", "/")"#,
            r#"fetch("/ui-api/x")"#,
        ] {
            assert!(is_bare("", line), "{line}");
        }
        for line in [
            r#"<a href=at("/")>"All"</a>"#,
            r#"let base = at(&format!("/experiments/{}", id));"#,
            r#"("/", "Filter, or find in the trace"),"#,
            r#"<span aria-hidden="true">"/"</span>"#,
            r#"// "/traces" is the list"#,
        ] {
            assert!(!is_bare("", line), "{line}");
        }
    }

    #[test]
    fn every_address_goes_through_at() {
        let mut files = Vec::new();
        sources(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
            &mut files,
        );
        let mut bare = Vec::new();
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            let code = text.split("\nmod tests").next().unwrap();
            // A script within a text has its own way to the prefix.
            let parts = code
                .split("r##\"")
                .map(|part| part.rsplit("\"##").next().unwrap());
            let code = &parts.collect::<String>();
            if file.ends_with("address.rs") {
                continue;
            }
            let mut previous = "";
            for (number, line) in code.lines().enumerate() {
                let is_bare = is_bare(previous, line);
                previous = line;
                if is_bare {
                    bare.push(format!("{}:{}: {line}", file.display(), number + 1));
                }
            }
            if code.contains("use_navigate()") && !code.contains("as_is()") {
                bare.push(format!("{}: navigates without as_is()", file.display()));
            }
        }
        assert!(
            bare.is_empty(),
            "addresses without the server's prefix; write at(\"/…\") or at(&format!(\"/…\")):\n{}",
            bare.join("\n")
        );
    }
}
