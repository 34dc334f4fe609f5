//! Whether the server can be reached, and what waits until it can.
//!
//! Any call that fails on its way tells [`lost`]; from then on the server is asked every few seconds until it answers. Acts that
//! must not be lost ([`Act::kept`](crate::widgets::post_form::Act::kept)) are kept in the browser's storage meanwhile, over
//! reloads, and sent in order. Reads that failed are asked again ([`crate::reads::load`]).

use leptos::prelude::*;

/// What the reader is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Connection {
    /// When it was lost, in milliseconds since 1970; `None` while it is there.
    pub since: Option<i64>,
    /// Changes that wait.
    pub waiting: usize,
}

/// The state of the connection and a count that grows each time it comes back or something kept was sent.
#[derive(Clone, Copy)]
pub struct Watch {
    /// Now.
    pub state: RwSignal<Connection>,
    /// Grows.
    pub recovered: RwSignal<u32>,
}

/// Puts the watch into context and starts it in the browser.
pub fn provide() {
    let watch = Watch {
        state: RwSignal::new(Connection::default()),
        recovered: RwSignal::new(0),
    };
    provide_context(watch);
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| browser_half::start(watch));
}

/// The line that says that there is no connection, and how much waits.
#[component]
pub fn ConnectionLine() -> impl IntoView {
    let watch = expect_context::<Watch>();
    let text = move || watch.state.with(words);
    view! { <div class="connection" role="status">{text}</div> }
}

fn words(state: &Connection) -> Option<String> {
    let waiting = match state.waiting {
        0 => None,
        1 => Some("1 change waiting".to_owned()),
        count => Some(format!("{count} changes waiting")),
    };
    match (state.since, waiting) {
        (None, None) => None,
        (None, Some(waiting)) => Some(waiting),
        (Some(since), waiting) => {
            let mut text = format!("No connection since {}", clock(since));
            if let Some(waiting) = waiting {
                text.push_str("; ");
                text.push_str(&waiting);
            }
            Some(text)
        }
    }
}

fn clock(millis: i64) -> String {
    #[cfg(feature = "hydrate")]
    let millis = millis + crate::browser::zone_offset_millis(millis);
    crate::text::time::Calendar::of(millis).hour_and_minute()
}

/// An act that waits: the function's address without prefix, and the fields as they are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Where.
    pub path: String,
    /// What.
    pub fields: String,
}

/// What waits as the text it is stored as: a line each, address and fields with a space between. Neither holds one.
pub fn written(kept: &[Kept]) -> String {
    let line = |kept: &Kept| format!("{} {}\n", kept.path, kept.fields);
    kept.iter().map(line).collect()
}

/// The same back.
pub fn read(text: &str) -> Vec<Kept> {
    let kept = |line: &str| {
        let (path, fields) = line.split_once(' ')?;
        Some(Kept {
            path: path.to_owned(),
            fields: fields.to_owned(),
        })
    };
    text.lines().filter_map(kept).collect()
}

#[cfg(feature = "hydrate")]
pub use browser_half::{keep, lost};

#[cfg(feature = "hydrate")]
mod browser_half {
    use std::cell::{Cell, RefCell};
    use std::time::Duration;

    use leptos::prelude::*;
    use leptos::server_fn::error::FromServerFnError;

    use super::{Kept, Watch, read, written};
    use crate::address::{at, prefix};
    use crate::browser::{self, Answer};
    use crate::error::AppError;
    use crate::widgets::notices;

    const PROBE: Duration = Duration::from_secs(3);

    thread_local! {
        static WATCH: RefCell<Option<Watch>> = const { RefCell::new(None) };
        static IS_SENDING: Cell<bool> = const { Cell::new(false) };
    }

    fn watch() -> Option<Watch> {
        WATCH.with_borrow(|watch| *watch)
    }

    /// Servers below one host have a list each.
    fn list() -> String {
        format!("spanfall-kept{}", prefix())
    }

    fn kept() -> Vec<Kept> {
        read(&browser::stored(&list()).unwrap_or_default())
    }

    fn set_kept(kept: &[Kept]) -> bool {
        let is_stored = browser::store(&list(), &written(kept));
        if let Some(watch) = watch() {
            watch.state.try_update(|state| state.waiting = kept.len());
        }
        is_stored
    }

    pub fn start(new: Watch) {
        WATCH.set(Some(new));
        browser::on_disconnection(lost);
        browser::on_connection(probe);
        let waiting = kept().len();
        if waiting > 0 {
            new.state.update(|state| state.waiting = waiting);
            send();
        }
    }

    /// A call did not reach the server.
    pub fn lost() {
        let Some(watch) = watch() else { return };
        if watch.state.with_untracked(|state| state.since.is_none()) {
            let now = browser::now_millis();
            watch.state.update(|state| state.since = Some(now));
            browser::after(PROBE, probe);
        }
    }

    fn probe() {
        leptos::task::spawn_local(async {
            if browser::answers(&at("/health")).await {
                found();
            } else {
                browser::after(PROBE, probe);
            }
        });
    }

    fn found() {
        let Some(watch) = watch() else { return };
        if watch.state.with_untracked(|state| state.since.is_none()) {
            return;
        }
        watch.state.update(|state| state.since = None);
        watch.recovered.update(|count| *count += 1);
        send();
    }

    /// Keeps an act until it can be sent; false if the browser cannot.
    pub fn keep(path: &str, fields: String) -> bool {
        let mut all = kept();
        all.push(Kept {
            path: path.to_owned(),
            fields,
        });
        set_kept(&all)
    }

    /// Sends what waits, in order, until the connection fails again.
    fn send() {
        if IS_SENDING.replace(true) {
            return;
        }
        leptos::task::spawn_local(async {
            let mut sent = 0;
            while let Some(first) = kept().into_iter().next() {
                let Some(fields) = browser::fields_of(&first.fields) else {
                    drop_first();
                    continue;
                };
                match browser::post(&at(&first.path), fields).await {
                    Ok(Answer::Refused(body)) => match AppError::de(body.into()) {
                        // The server may manage later; the act is tried again with the next visit.
                        AppError::Busy | AppError::Failed(_) => break,
                        refused => {
                            notices::tell_problem(&format!(
                                "A change could not be saved. {refused}"
                            ));
                            drop_first();
                        }
                    },
                    Ok(_) => {
                        sent += 1;
                        drop_first();
                    }
                    Err(_) => break,
                }
            }
            IS_SENDING.set(false);
            if sent > 0 {
                notices::tell(if sent == 1 {
                    "The change that waited is saved"
                } else {
                    "The changes that waited are saved"
                });
                if let Some(watch) = watch() {
                    watch.recovered.update(|count| *count += 1);
                }
            }
        });
    }

    /// Another act may have been kept meanwhile, so the list is read again.
    fn drop_first() {
        let mut all = kept();
        if !all.is_empty() {
            all.remove(0);
        }
        set_kept(&all);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_back() {
        let kept = vec![
            Kept {
                path: "/ui-api/rate_trace".to_owned(),
                fields: "trace_id=tr-1&comment=two+words%0Aand+lines".to_owned(),
            },
            Kept {
                path: "/ui-api/set_trace_tag".to_owned(),
                fields: String::new(),
            },
        ];
        assert_eq!(read(&written(&kept)), kept);
        assert_eq!(read("nonsense\n\n"), []);
    }

    #[test]
    fn the_reader_is_told_what_matters() {
        let said = |since, waiting| words(&Connection { since, waiting });
        assert_eq!(said(None, 0), None);
        assert_eq!(said(None, 1).as_deref(), Some("1 change waiting"));
        let noon = Some(12 * 3_600_000 + 120_000);
        assert_eq!(said(noon, 0).as_deref(), Some("No connection since 12:02"));
        assert_eq!(
            said(noon, 2).as_deref(),
            Some("No connection since 12:02; 2 changes waiting")
        );
    }
}
