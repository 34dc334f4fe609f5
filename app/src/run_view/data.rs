//! What a run logged: metrics with their history, parameters, datasets and models.

use leptos::prelude::*;

use crate::charts::History;
use crate::model::{DatasetLine, MetricLine, ModelLine};
use crate::text::number;
use crate::widgets::copy::CopyButton;
use crate::widgets::time::{Time, TimeStyle};

/// Metrics as a table: the latest value, and the history as a small line.
pub fn metrics(lines: Vec<MetricLine>) -> AnyView {
    if lines.is_empty() {
        return ().into_any();
    }
    let has_steps = lines.iter().any(|line| line.step != 0);
    let rows = lines
        .into_iter()
        .map(|line| metric(line, has_steps))
        .collect_view();
    view! {
        <section class="run__section">
            <h2>"Metrics"</h2>
            <div class="table-scroll" tabindex="0" role="region" aria-label="Metrics">
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">"Name"</th>
                            <th scope="col" class="table__number">"Latest"</th>
                            {has_steps.then(|| view! { <th scope="col" class="table__number">"Step"</th> })}
                            <th scope="col">"History"</th>
                            <th scope="col" class="run__logged">"Logged"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn metric(line: MetricLine, has_steps: bool) -> AnyView {
    let history = match line.range {
        Some((least, greatest)) => {
            let values = match line.count {
                Some(count) => number::counted(u64::from(count), "value", "values"),
                None => "many values".to_owned(),
            };
            let name = format!("{values} from {least} to {greatest}");
            view! {
                <History line=line.path summary=name/>
                <span class="run__range quiet figures">{format!("{least} – {greatest}")}</span>
            }
            .into_any()
        }
        None => view! { <span class="quiet">"one value"</span> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row" class="run__key">{line.key}</th>
            <td class="table__number">{line.text}</td>
            {has_steps.then(|| view! { <td class="table__number">{line.step}</td> })}
            <td class="run__history">{history}</td>
            <td class="run-list__time run__logged"><Time millis=line.time_ms style=TimeStyle::Short/></td>
        </tr>
    }
    .into_any()
}

/// Parameters: name and value.
pub fn params(pairs: Vec<(String, String)>) -> AnyView {
    if pairs.is_empty() {
        return ().into_any();
    }
    let rows = pairs
        .into_iter()
        .map(|(key, value)| view! { <div class="facts__row"><dt>{key}</dt><dd dir="auto">{value}</dd></div> })
        .collect_view();
    view! {
        <section class="facts run__section">
            <h2>"Parameters"</h2>
            <dl>{rows}</dl>
        </section>
    }
    .into_any()
}

/// Datasets that a run read.
pub fn datasets(lines: Vec<DatasetLine>) -> AnyView {
    if lines.is_empty() {
        return ().into_any();
    }
    let rows = lines.into_iter().map(|line| {
        let used_for =
            (!line.context.is_empty()).then(|| view! { <span class="chip">{line.context}</span> });
        view! {
            <div class="facts__row">
                <dt>{line.name}</dt>
                <dd>
                    <code>{line.digest}</code> " " {used_for}
                    <span class="quiet run__source">{line.source}</span>
                </dd>
            </div>
        }
    });
    view! {
        <section class="facts run__section">
            <h2>"Datasets"</h2>
            <dl>{rows.collect_view()}</dl>
        </section>
    }
    .into_any()
}

/// Logged models that a run made or used.
pub fn models(lines: Vec<ModelLine>) -> AnyView {
    if lines.is_empty() {
        return ().into_any();
    }
    let rows = lines.into_iter().map(|line| {
        view! {
            <div class="facts__row">
                <dt>{line.name}</dt>
                <dd>
                    <span class="chip">{if line.is_made { "made" } else { "used" }}</span>
                    " " <span class="quiet">{line.about}</span> " "
                    <code>{number::short_id(&line.id)}</code>
                    <CopyButton text=line.id what="model id"/>
                </dd>
            </div>
        }
    });
    view! {
        <section class="facts run__section">
            <h2>"Logged models"</h2>
            <dl>{rows.collect_view()}</dl>
        </section>
    }
    .into_any()
}
