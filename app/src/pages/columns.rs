//! The choice of columns as a page: what the dialog over a list offers, for readers without script.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_query_map;

use super::beside::{frame, listed};
use super::{failed_page, loading_page};
use crate::address::as_is;
use crate::model::TraceList;
use crate::preferences::COLUMNS;
use crate::reads::{Read, Reply, awaited, load};
use crate::trace_list::beside::Listed;
use crate::trace_list::columns::{Column, Columns, KNOWN, read, write};
use crate::url_state::{ListState, experiment_href};
use crate::widgets::icon::{Icon, IconName};

/// What was chosen in the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Chosen {
    /// The columns as they were, which decides their order and widths.
    before: String,
    /// Keys whose boxes are ticked.
    ticked: Vec<String>,
    /// `tag`, `meta`, `attribute` or `feedback`.
    kind: String,
    /// The key of a tag, of metadata or of an attribute, or the name of feedback; empty for none.
    key: String,
    /// The key of a column that goes a place towards the front.
    up: Option<String>,
    /// The key of a column that goes a place towards the end.
    down: Option<String>,
}

impl Chosen {
    /// The columns as an address has them: those that were there keep their places but for the one that is moved, others follow.
    fn columns(&self) -> String {
        let is_ticked = |key: &str| self.ticked.iter().any(|ticked| ticked == key);
        let mut list = read(&self.before);
        list.retain(|column| is_ticked(&column.key));
        let own = match self.key.trim() {
            "" => String::new(),
            key => format!("{}.{key}", self.kind),
        };
        for key in self.ticked.iter().chain([&own]) {
            if list.iter().all(|column| column.key != *key) {
                list.push(Column::of(key));
            }
        }
        let place = |key: &Option<String>| {
            list.iter()
                .position(|column| Some(&column.key) == key.as_ref())
        };
        let pair = match (place(&self.up), place(&self.down)) {
            (Some(place), _) => place.checked_sub(1).map(|before| (before, place)),
            (None, Some(place)) => {
                Some((place, place + 1)).filter(|(_, after)| *after < list.len())
            }
            (None, None) => None,
        };
        if let Some((one, other)) = pair {
            list.swap(one, other);
        }
        // What is no column is left out, as it is in any address.
        write(&read(&write(&list)))
    }
}

/// `/experiments/{id}/columns`, with the question of a list; with what was chosen it leads back to the list.
#[component]
pub fn ColumnsPage() -> impl IntoView {
    let query = use_query_map();
    let chosen = query.with_untracked(|query| {
        let text = |key| query.get(key).unwrap_or_default();
        query.get("choose").map(|_| Chosen {
            before: text("cols"),
            ticked: query.get_all("col").unwrap_or_default(),
            kind: text("kind"),
            key: text("key"),
            up: query.get("up"),
            down: query.get("down"),
        })
    });
    if let Some(chosen) = chosen {
        let Listed {
            state,
            path,
            experiment,
            ..
        } = untrack(listed);
        // Who moves a column goes on choosing.
        let path = match chosen.up.is_some() || chosen.down.is_some() {
            true => experiment_href(experiment, "columns"),
            false => path,
        };
        let state = ListState {
            cols: chosen.columns(),
            ..state
        };
        return view! { <Redirect path=state.href(&path) options=as_is()/> }.into_any();
    }
    let list = load(Signal::derive(move || Read::Traces {
        experiment: listed().experiment.to_string(),
        state: shown(&listed().state),
    }));
    let (_, set_pending) = signal(false);
    let draw = move |reply: Reply| match reply.open::<TraceList>() {
        Ok(found) => {
            let listed = untrack(listed);
            let columns = Columns::new(&shown(&listed.state).cols, &found.rows, false);
            frame(found.experiment, "Columns", form(&listed, &columns.list))
        }
        Err(error) => failed_page(error, move || list.refetch()),
    };
    view! {
        <Title text="Columns"/>
        {awaited(list, loading_page, set_pending, draw)}
    }
    .into_any()
}

/// The list with the columns that it is shown with.
fn shown(state: &ListState) -> ListState {
    match state.cols.is_empty() {
        true => ListState {
            cols: COLUMNS.get(),
            ..state.clone()
        },
        false => state.clone(),
    }
}

fn form(listed: &Listed, chosen: &[Column]) -> AnyView {
    let known = KNOWN.iter().map(|(key, _)| Column::of(key));
    let is_chosen = |column: &Column| chosen.iter().any(|other| other.key == column.key);
    let others = known.filter(|column| !is_chosen(column));
    let last = chosen.len().saturating_sub(1);
    let ticked = chosen.iter().enumerate();
    let ticked = ticked.map(|(place, column)| tick(column, Some((place == 0, place == last))));
    let ticked = ticked.collect_view();
    let others = others.map(|column| tick(&column, None)).collect_view();
    let state = &listed.state;
    let sort = state.sort.as_str().to_owned();
    let hidden = [
        ("choose", "1".to_owned()),
        ("cols", write(chosen)),
        ("filter", state.filter.clone()),
        ("from", state.from.clone()),
        ("to", state.to.clone()),
        ("sort", sort),
        ("user", state.user.clone()),
        ("session", state.session.clone()),
        ("view", state.view.clone()),
    ];
    let hidden = hidden.into_iter().filter(|(_, value)| !value.is_empty());
    let hidden = hidden.map(|(name, value)| {
        view! { <input type="hidden" name=name value=value/> }
    });
    let hidden = hidden.collect_view();
    let usual = ListState {
        cols: String::new(),
        ..state.clone()
    };
    view! {
        <form class="columns columns--page" method="get" action=experiment_href(listed.experiment, "columns")>
            {hidden}
            // Enter in the field presses the first button of a form.
            <button class="visually-hidden" tabindex="-1" aria-hidden="true">"Show these columns"</button>
            <fieldset>
                <legend class="columns__title">"Shown, in this order"</legend>
                <ul class="columns__list">{ticked}</ul>
            </fieldset>
            <fieldset>
                <legend class="columns__title">"More"</legend>
                <ul class="columns__list">{others}</ul>
            </fieldset>
            <p class="columns__own">
                <select class="select" name="kind" aria-label="Kind">
                    <option value="tag">"Tag"</option>
                    <option value="meta">"Metadata"</option>
                    <option value="attribute">"Attribute of a span"</option>
                    <option value="feedback">"Feedback"</option>
                </select>
                <input class="input" name="key" aria-label="Key" placeholder="Key, such as env" maxlength="250" autocomplete="off"/>
            </p>
            <p class="columns__foot">
                <button class="button" data-weight="main">"Show these columns"</button>
                <a class="button" href=usual.href(&listed.path)>"Back to the usual"</a>
            </p>
        </form>
    }
    .into_any()
}

/// A column's box; `ends` says of a chosen one whether it is the first and the last of them.
fn tick(column: &Column, ends: Option<(bool, bool)>) -> AnyView {
    let kind = column.kind();
    let moves = ends.map(|(is_first, is_last)| {
        let button = |name: &'static str, is_end: bool| {
            let label = format!("Move {} {name}", column.title());
            view! {
                <button class="icon-button columns__move" data-way=format!("column-{name}") name=name value=column.key.clone()
                    title=label.clone() aria-label=label disabled=is_end>
                    <Icon name=IconName::Chevron/>
                </button>
            }
        };
        view! { {button("up", is_first)} {button("down", is_last)} }
    });
    view! {
        <li class="columns__row">
            <label class="columns__box">
                <input type="checkbox" name="col" value=column.key.clone() checked=ends.is_some()/>
                <span class="columns__name">{column.title().to_owned()}</span>
                {kind.map(|kind| view! { <span class="chip">{kind}</span> })}
            </label>
            {moves}
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::Chosen;

    fn columns(before: &str, ticked: &[&str], kind: &str, key: &str) -> String {
        let chosen = Chosen {
            before: before.to_owned(),
            ticked: ticked.iter().map(|key| (*key).to_owned()).collect(),
            kind: kind.to_owned(),
            key: key.to_owned(),
            ..Chosen::default()
        };
        chosen.columns()
    }

    fn moved(up: Option<&str>, down: Option<&str>) -> String {
        let ticked = ["name", "state", "cost"].map(str::to_owned).to_vec();
        let chosen = Chosen {
            before: "name:220,state".to_owned(),
            ticked,
            up: up.map(str::to_owned),
            down: down.map(str::to_owned),
            ..Chosen::default()
        };
        chosen.columns()
    }

    #[test]
    fn one_column_goes_a_place_up_or_down() {
        assert_eq!(moved(Some("state"), None), "state,name:220,cost");
        assert_eq!(moved(None, Some("state")), "name:220,cost,state");
        assert_eq!(moved(Some("name"), None), "name:220,state,cost");
        assert_eq!(moved(None, Some("cost")), "name:220,state,cost");
        assert_eq!(moved(Some("nonsense"), None), "name:220,state,cost");
    }

    #[test]
    fn what_stays_keeps_its_place_and_width_and_what_is_new_follows() {
        let before = "name:220,state,tag.env";
        assert_eq!(
            columns(before, &["state", "name", "cost", "tag.env"], "", ""),
            "name:220,state,tag.env,cost"
        );
        assert_eq!(
            columns(before, &["state"], "tag", " team "),
            "state,tag.team"
        );
        assert_eq!(
            columns(before, &["state"], "meta", "a,b"),
            "state,meta.a%2Cb"
        );
        assert_eq!(columns(before, &["state"], "tag", "env"), "state,tag.env");
    }

    #[test]
    fn what_is_no_column_is_left_out() {
        assert_eq!(columns("", &["nonsense", "name"], "nonsense", "x"), "name");
        assert_eq!(columns("name", &[], "tag", ""), "");
    }
}
