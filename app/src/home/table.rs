//! The table of experiments, and that of deleted ones.

use leptos::prelude::*;

use super::activity::Lately;
use crate::address::at;
use crate::model::ExperimentRow;
use crate::text::number;
use crate::url_state::experiment_href;
use crate::url_state::home::{HomeSort, HomeState, PAGE};
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::page_links::PageLinks;
use crate::widgets::post_form::{Act, PostForm};
use crate::widgets::time::{Time, TimeStyle};
use crate::widgets::undo::UndoForm;

/// What can be done to a row.
#[derive(Clone, Copy)]
pub struct RowActs {
    /// Deletes an experiment.
    pub delete: Act,
    /// Restores one.
    pub restore: Act,
}

/// The experiments of a page.
pub fn table(
    rows: Vec<ExperimentRow>,
    state: &HomeState,
    lately: Lately,
    acts: RowActs,
) -> AnyView {
    let sorted = |sort: HomeSort, label: &'static str, class: &'static str, order: &'static str| {
        let is_current = state.sort == sort;
        let href = HomeState {
            sort,
            page: 1,
            ..state.clone()
        }
        .href(&at("/"));
        view! {
            <th scope="col" class=class aria-sort=is_current.then_some(order)>
                <a class="home__order" href=href>{label}</a>
            </th>
        }
    };
    let body = rows
        .into_iter()
        .map(|line| row(line, lately, acts))
        .collect_view();
    view! {
        <div class="table-scroll">
            <table class="table home__table">
                <thead>
                    <tr>
                        {sorted(HomeSort::Name, "Name", "", "ascending")}
                        <th scope="col" class="home__strip">"Last 24 hours"</th>
                        <th scope="col" class="table__number home__latency" title="Half of the traces of the last 24 hours took less">"Median"</th>
                        <th scope="col" class="table__number home__latency" title="19 in 20 traces of the last 24 hours took less">"p95"</th>
                        {sorted(HomeSort::Traces, "Traces", "table__number", "descending")}
                        {sorted(HomeSort::Failed, "Failed", "table__number", "descending")}
                        {sorted(HomeSort::Recent, "Last trace", "home__last", "descending")}
                        {sorted(HomeSort::Changed, "Changed", "home__changed", "descending")}
                        <th scope="col" class="home__acts"><span class="visually-hidden">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(row: ExperimentRow, lately: Lately, acts: RowActs) -> AnyView {
    let id = row.experiment.id;
    let name = row.experiment.name.clone();
    let failed = if row.traces == 0 {
        "—".to_owned()
    } else {
        number::share(row.errors, row.traces)
    };
    let last = match row.last_trace_ms {
        Some(millis) => view! { <Time millis=millis style=TimeStyle::Ago/> }.into_any(),
        None => view! { <span class="quiet">"—"</span> }.into_any(),
    };
    let settings = format!("Settings of {name}");
    view! {
        <tr class="table__row" hidden=move || acts.delete.is_held(&id.to_string())>
            <td class="home__name">
                <a class="table__main" href=experiment_href(id, "traces")>{row.experiment.name.clone()}</a>
                {tags(&row)}
                {(!row.description.is_empty()).then(|| view! { <p class="home__description">{row.description.clone()}</p> })}
            </td>
            {lately.cells(id)}
            <td class="table__number">{number::grouped(row.traces)}</td>
            <td class="table__number" data-tone=(row.errors > 0).then_some("error")>{failed}</td>
            <td class="home__last">{last}</td>
            <td class="home__changed"><Time millis=row.changed_ms style=TimeStyle::Ago/></td>
            <td class="home__acts">
                <a class="icon-button" href=experiment_href(id, "settings") title=settings.clone() aria-label=settings>
                    <Icon name=IconName::Edit/>
                </a>
                {(id != 0).then(|| delete_button(id, &name, acts.delete))}
            </td>
        </tr>
    }
    .into_any()
}

fn delete_button(id: i64, name: &str, delete: Act) -> AnyView {
    let label = format!("Delete {name}");
    view! {
        <UndoForm act=delete target=id.to_string() words=format!("Experiment {name} deleted")>
            <input type="hidden" name="experiment_id" value=id/>
            <button class="icon-button" title=label.clone() aria-label=label><Icon name=IconName::Delete/></button>
        </UndoForm>
    }
    .into_any()
}

fn tags(row: &ExperimentRow) -> AnyView {
    let chip = |(key, value): &(String, String)| {
        let title = format!("{key}: {value}");
        let href = HomeState {
            tag: format!("{key}={value}"),
            ..HomeState::default()
        }
        .href(&at("/"));
        view! {
            <a class="chip home__tag" href=href title=title>
                <span class="chip__key">{key.clone()}</span>
                {value.clone()}
            </a>
        }
    };
    let chips = row.tags.iter().take(4).map(chip).collect_view();
    let more = row.tags.len().saturating_sub(4);
    let more = (more > 0).then(|| view! { <span class="quiet">{format!("+{more}")}</span> });
    view! { <span class="home__tags">{chips}{more}</span> }.into_any()
}

/// The experiments that were deleted, each with the way back.
pub fn deleted_table(rows: Vec<ExperimentRow>, acts: RowActs) -> AnyView {
    let line = |row: ExperimentRow| {
        let label = format!("Restore {}", row.experiment.name);
        view! {
            <tr>
                <td class="home__name">{row.experiment.name.clone()} {tags(&row)}</td>
                <td><Time millis=row.changed_ms style=TimeStyle::Ago/></td>
                <td class="home__acts">
                    <PostForm act=acts.restore>
                        <input type="hidden" name="experiment_id" value=row.experiment.id/>
                        <button class="button" data-size="small" aria-label=label>"Restore"</button>
                    </PostForm>
                </td>
            </tr>
        }
    };
    let body = rows.into_iter().map(line).collect_view();
    view! {
        <div class="table-scroll">
            <table class="table home__table">
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"Deleted"</th>
                        <th scope="col"><span class="visually-hidden">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// Links to the pages before and after.
pub fn pages(state: &HomeState, found: u64) -> AnyView {
    let last = found.div_ceil(PAGE as u64);
    let page = state.page.max(1);
    if last <= 1 {
        return ().into_any();
    }
    let to = |page: u64| {
        HomeState {
            page: usize::try_from(page).unwrap_or(usize::MAX),
            ..state.clone()
        }
        .href(&at("/"))
    };
    PageLinks::counted(format!("page {page} of {last}"), page as u64, last, to).view()
}
