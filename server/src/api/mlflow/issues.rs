//! `/3.0/mlflow/issues`

use axum::extract::State;
use domain::filter::issues as language;
use domain::ids::IssueId;
use domain::issue::{Issue, IssueSeverity, IssueStatus, IssueUpdate};
use domain::store::{IssueOrder, IssueQuery, Missing, StoreError};
use serde_json::{Value, json};

use super::params::{Fields, Params};
use super::reply::{Reply, named, page};
use super::search_params::{compiled, page_request};
use crate::api::path::Path;
use crate::clock;
use crate::error::ApiResult;
use crate::limits;
use crate::state::AppState;

/// `POST /issues`
pub async fn create(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    let now = clock::now();
    let texts = |name| {
        let texts = fields.texts(name)?.into_iter().map(str::to_owned);
        ApiResult::Ok(texts.collect::<Vec<_>>())
    };
    let issue = Issue {
        name: fields.text("name")?.to_owned(),
        description: fields.text("description")?.to_owned(),
        experiment_id: fields.experiment("experiment_id")?,
        id: IssueId::new(format!("iss-{}", clock::random_hex())),
        status: status(fields)?.unwrap_or_default(),
        severity: severity(fields)?,
        root_causes: texts("root_causes")?,
        categories: texts("categories")?,
        source_run_id: filled(fields, "source_run_id")?,
        created_by: filled(fields, "created_by")?,
        creation_time: now,
        last_update_time: now,
    };
    app.store.create_issue(issue.clone()).await?;
    named("issue", issue_json(&issue))
}

/// `GET /issues/{issue_id}`
pub async fn get(State(app): State<AppState>, Path(id): Path<String>) -> ApiResult<Reply> {
    let id = IssueId::new(id);
    match app.store.issue(&id).await? {
        Some(issue) => named("issue", issue_json(&issue)),
        None => Err(StoreError::Missing(Missing::Issue(id)).into()),
    }
}

/// `PATCH /issues/{issue_id}`
pub async fn update(
    State(app): State<AppState>,
    Path(id): Path<String>,
    params: Params,
) -> ApiResult<Reply> {
    let fields = params.fields();
    fields.text("issue_id")?;
    let update = IssueUpdate {
        status: status(fields)?,
        name: filled(fields, "name")?,
        description: filled(fields, "description")?,
        severity: severity(fields)?,
    };
    let issue = app
        .store
        .update_issue(&IssueId::new(id), update, clock::now())
        .await?;
    named("issue", issue_json(&issue))
}

/// `POST /issues/search`
pub async fn search(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    let counts = fields.opt_bool("include_trace_count")?.unwrap_or_default();
    let query = IssueQuery {
        experiment: fields.opt_experiment("experiment_id")?,
        filter: compiled(fields, "filter_string", language::compile)?,
        order: match counts {
            true => IssueOrder::MostTraces,
            false => IssueOrder::Newest,
        },
        page: page_request(fields, 100, limits::PAGE)?,
    };
    let found = app.store.search_issues(query).await?;
    let issues: Vec<_> = found
        .items
        .iter()
        .map(|found| {
            let mut issue = issue_json(&found.issue);
            if counts {
                issue["trace_count"] = json!(found.trace_count);
            }
            issue
        })
        .collect();
    page(
        "issues",
        &issues,
        found.next.as_ref().map(|token| token.0.as_str()),
    )
}

fn status(fields: Fields<'_>) -> ApiResult<Option<IssueStatus>> {
    let names = IssueStatus::ALL.map(IssueStatus::as_str);
    let index = fields.opt_name("status", &names)?;
    Ok(index.map(|index| IssueStatus::ALL[index]))
}

fn severity(fields: Fields<'_>) -> ApiResult<Option<IssueSeverity>> {
    let names = IssueSeverity::ALL.map(IssueSeverity::as_str);
    let index = fields.opt_name("severity", &names)?;
    Ok(index.map(|index| IssueSeverity::ALL[index]))
}

fn filled(fields: Fields<'_>, name: &str) -> ApiResult<Option<String>> {
    let text = fields.opt_text(name)?.filter(|text| !text.is_empty());
    Ok(text.map(str::to_owned))
}

fn issue_json(issue: &Issue) -> Value {
    let mut json = json!({
        "issue_id": issue.id,
        "experiment_id": issue.experiment_id.to_string(),
        "name": issue.name,
        "description": issue.description,
        "status": issue.status.as_str(),
        "created_timestamp": issue.creation_time,
        "last_updated_timestamp": issue.last_update_time,
    });
    if let Some(severity) = issue.severity {
        json["severity"] = json!(severity.as_str());
    }
    for (name, texts) in [
        ("root_causes", &issue.root_causes),
        ("categories", &issue.categories),
    ] {
        if !texts.is_empty() {
            json[name] = json!(texts);
        }
    }
    for (name, text) in [
        ("source_run_id", &issue.source_run_id),
        ("created_by", &issue.created_by),
    ] {
        if let Some(text) = text {
            json[name] = json!(text);
        }
    }
    json
}
