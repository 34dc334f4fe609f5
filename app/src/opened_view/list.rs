//! The traces of a file that has several.

use std::sync::Arc;

use leptos::prelude::*;

use crate::address::at;
use crate::opened::{FileAbout, FileLine};
use crate::text::number;
use crate::text::time::took;
use crate::widgets::badge::StateBadge;
use crate::widgets::time::{Time, TimeStyle};

/// The most rows drawn; a file of more is narrowed by its box.
const MOST: usize = 200;
/// So many traces are looked over without a box to find one.
const FEW: usize = 10;

/// A row for each trace, with a box that finds some of them.
#[component]
pub fn FileList(
    /// The file.
    about: Arc<FileAbout>,
) -> impl IntoView {
    let sought = RwSignal::new(String::new());
    let count = about.traces.len();
    let lines = StoredValue::new(about);
    let found = Memo::new(move |_| {
        sought.with(|sought| lines.with_value(|about| places(&about.traces, sought)))
    });
    let words = move || {
        let found = found.with(Vec::len);
        let all = number::counted(count as u64, "trace", "traces");
        match (found < count, found > MOST) {
            (false, false) => all,
            (true, false) => format!("{} of {all}", number::grouped(found as u64)),
            (_, true) => format!("{MOST} of {} are shown", number::grouped(found as u64)),
        }
    };
    let rows = move || {
        found.with(|found| {
            let row = |place: &usize| {
                let line = lines.with_value(|about| about.traces[*place].clone());
                row(*place, line)
            };
            found.iter().take(MOST).map(row).collect_view()
        })
    };
    let find = (count > FEW).then(|| {
        view! {
            <search class="open-list__find">
                <input
                    class="input"
                    type="search"
                    placeholder="Find by name, id or tag"
                    aria-label="Find traces of the file"
                    autocomplete="off"
                    spellcheck="false"
                    on:input=move |event| sought.set(event_target_value(&event))
                />
            </search>
        }
    });
    view! {
        <div class="page__head">
            <h1>"Traces of the file"</h1>
            <p class="page__summary" role="status">{words}</p>
        </div>
        {find}
        <div class="table-scroll">
            <table class="table open-list">
                <thead>
                    <tr>
                        <th scope="col">"State"</th>
                        <th scope="col">"Name"</th>
                        <th scope="col" class="open-list__time">"Time"</th>
                        <th scope="col" class="table__number">"Duration"</th>
                        <th scope="col" class="table__number">"Spans"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(place: usize, line: FileLine) -> AnyView {
    let name = number::name_or_id(&line.name, &line.trace_id);
    let took = line.duration_ms.map_or("—".to_owned(), took);
    let tags = line.tags.into_iter().take(3).map(|(key, value)| {
        view! { <span class="chip"><span class="chip__key">{key}</span> {value}</span> }
    });
    view! {
        <tr>
            <td><StateBadge state=line.state/></td>
            <td>
                <span class="open-list__name">
                    <a href=at(&format!("/open/{}", place + 1)) title=line.trace_id dir="auto">{name}</a>
                    {tags.collect_view()}
                </span>
            </td>
            <td class="open-list__time"><Time millis=line.time_ms style=TimeStyle::Full/></td>
            <td class="table__number figures">{took}</td>
            <td class="table__number figures">{number::grouped(u64::from(line.spans))}</td>
        </tr>
    }
    .into_any()
}

/// The places of the traces that have a text in their name, id or tags.
fn places(lines: &[FileLine], sought: &str) -> Vec<usize> {
    let sought = sought.trim().to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&sought);
    let is_found = |line: &FileLine| {
        has(&line.name)
            || has(&line.trace_id)
            || line.tags.iter().any(|(key, value)| has(key) || has(value))
    };
    let lines = lines.iter().enumerate();
    lines
        .filter(|(_, line)| is_found(line))
        .map(|(place, _)| place)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::places;
    use crate::opened::FileLine;
    use domain::trace::TraceState;

    #[test]
    fn traces_are_found_by_what_stands_in_their_row() {
        let line = |id: &str, name: &str, tag: &str| FileLine {
            trace_id: id.to_owned(),
            name: name.to_owned(),
            state: TraceState::Ok,
            time_ms: 0,
            duration_ms: None,
            spans: 1,
            tags: vec![("team".to_owned(), tag.to_owned())],
        };
        let lines = [
            line("tr-a1", "Plan", "red"),
            line("tr-b2", "refund", "blue"),
        ];
        assert_eq!(places(&lines, ""), [0, 1]);
        assert_eq!(places(&lines, " plan"), [0]);
        assert_eq!(places(&lines, "BLUE"), [1]);
        assert_eq!(places(&lines, "tr-b"), [1]);
        assert!(places(&lines, "x").is_empty());
    }
}
