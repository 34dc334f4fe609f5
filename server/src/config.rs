//! The settings: flags over environment over file over defaults, checked once.
//!
//! Flags carry the names of `mlflow server` where the thing is the same. Each is also an environment
//! variable `SPANFALL_*`, the variable that MLflow reads where it has one, and a line of the TOML file
//! named by `--config`, under the flag's name.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

mod units;

pub use units::{bytes, duration};

use crate::limits;
use crate::security::FrameOptions;

/// Where traces are kept unless a setting says otherwise.
const STORE_URI: &str = "sqlite:///spanfall.db";

/// Settings as they are given, all of them optional.
#[derive(Clone, Default, clap::Args, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    /// Address to listen on [default: 127.0.0.1]
    #[arg(long, env = "SPANFALL_HOST", value_name = "ADDRESS")]
    pub host: Option<String>,
    /// Port to listen on, 0 for any free one [default: 5000]
    #[arg(long, env = "SPANFALL_PORT")]
    pub port: Option<u16>,
    /// Where traces are kept [default: sqlite:///spanfall.db]
    #[arg(long, env = "SPANFALL_BACKEND_STORE_URI", value_name = "URI")]
    pub backend_store_uri: Option<String>,
    /// Folder for uploaded files [default: ./spanfall-artifacts]
    #[arg(long, env = "SPANFALL_ARTIFACTS_DESTINATION", value_name = "FOLDER")]
    pub artifacts_destination: Option<String>,
    /// Path under which everything is served, such as /traces [default: none]
    #[arg(long, env = "SPANFALL_STATIC_PREFIX", value_name = "PATH")]
    pub static_prefix: Option<String>,
    /// Host names that requests may be addressed to, separated by commas; * for any
    #[arg(long, env = "SPANFALL_ALLOWED_HOSTS", value_name = "HOSTS")]
    pub allowed_hosts: Option<String>,
    /// Origins whose pages may send requests, separated by commas; * for any
    #[arg(long, env = "SPANFALL_CORS_ALLOWED_ORIGINS", value_name = "ORIGINS")]
    pub cors_allowed_origins: Option<String>,
    /// Who may show pages in a frame: SAMEORIGIN, DENY or NONE for anyone [default: SAMEORIGIN]
    #[arg(long, env = "SPANFALL_X_FRAME_OPTIONS", value_name = "WHO")]
    pub x_frame_options: Option<String>,
    /// Serve other machines without asking who they are
    #[arg(
        long,
        env = "SPANFALL_NO_AUTH",
        num_args = 0..=1,
        default_missing_value = "true",
        require_equals = true,
        value_name = "BOOL"
    )]
    pub no_auth: Option<bool>,
    /// Largest OTLP request in bytes, unpacked [default: 67108864]
    #[arg(long, env = "SPANFALL_OTLP_MAX_BYTES", value_name = "BYTES")]
    pub otlp_max_bytes: Option<usize>,
    /// Largest JSON request in bytes [default: 16777216]
    #[arg(long, env = "SPANFALL_JSON_MAX_BYTES", value_name = "BYTES")]
    pub json_max_bytes: Option<usize>,
    /// Largest uploaded file in bytes [default: 10737418240]
    #[arg(long, env = "SPANFALL_ARTIFACT_MAX_BYTES", value_name = "BYTES")]
    pub artifact_max_bytes: Option<u64>,
    /// Bytes of requests worked on at once; further ones are told to come back [default: 268435456]
    #[arg(long, env = "SPANFALL_REQUEST_MEMORY_BYTES", value_name = "BYTES")]
    pub request_memory_bytes: Option<usize>,
    /// Seconds until an unanswered request is given up [default: 120]
    #[arg(long, env = "SPANFALL_REQUEST_TIMEOUT_SECONDS", value_name = "SECONDS")]
    pub request_timeout_seconds: Option<u64>,
    /// Milliseconds that a read of a whole trace waits for spans still on their way [default: 3000]
    #[arg(long, env = "SPANFALL_SPANS_WAIT_MS", value_name = "MILLISECONDS")]
    pub spans_wait_ms: Option<u64>,
    /// Delete traces that began longer ago than this: 90s, 45m, 12h, 30d, 2w [default: never]
    #[arg(long, env = "SPANFALL_RETENTION_AGE", value_name = "AGE")]
    pub retention_age: Option<String>,
    /// Delete the oldest traces when the database holds more than this: 20GB, 500MiB [default: never]
    #[arg(long, env = "SPANFALL_RETENTION_SIZE", value_name = "SIZE")]
    pub retention_size: Option<String>,
    /// TOML file with prices of models, which go before the built-in ones
    #[arg(long, env = "SPANFALL_PRICE_TABLE", value_name = "FILE")]
    pub price_table: Option<PathBuf>,
}

/// The settings of a running server.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address to listen on.
    pub host: IpAddr,
    /// Port to listen on, 0 for any.
    pub port: u16,
    /// The SQLite file that traces are kept in.
    pub store_path: PathBuf,
    /// Folder for uploaded files.
    pub artifacts_destination: PathBuf,
    /// Empty, or a path with a slash in front and none behind.
    pub static_prefix: String,
    /// See [`Settings::allowed_hosts`].
    pub allowed_hosts: Vec<String>,
    /// See [`Settings::cors_allowed_origins`].
    pub cors_allowed_origins: Vec<String>,
    /// See [`Settings::x_frame_options`].
    pub x_frame_options: FrameOptions,
    /// Largest OTLP request, unpacked.
    pub otlp_max_bytes: usize,
    /// Largest JSON request.
    pub json_max_bytes: usize,
    /// Largest uploaded file.
    pub artifact_max_bytes: u64,
    /// Bytes of requests worked on at once.
    pub request_memory_bytes: usize,
    /// Until an unanswered request is given up.
    pub request_timeout: Duration,
    /// How long a read of a whole trace waits for spans still on their way.
    pub spans_wait: Duration,
    /// Traces that began longer ago are deleted.
    pub retention_age: Option<Duration>,
    /// The oldest traces are deleted while the database holds more bytes.
    pub retention_size: Option<u64>,
    /// The operator's prices, if any.
    pub price_table: Option<PathBuf>,
}

/// What is wrong with the settings, in words for whoever started the program.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration file {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is no TOML or has other lines than settings.
    #[error("the configuration file {path} is not valid: {message}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong and where.
        message: String,
    },
    /// A setting has a value it cannot have.
    #[error("{name} cannot be '{value}': {reason}")]
    Value {
        /// The flag.
        name: &'static str,
        /// What was given.
        value: String,
        /// Why not.
        reason: String,
    },
    /// Other machines would be served without authentication, and nobody said so.
    #[error(
        "refusing to listen on {0}: every machine that reaches it could read and change all traces. \
         Listen on 127.0.0.1, or say --no-auth if something in front of Spanfall asks who they are"
    )]
    OpenToAll(IpAddr),
}

impl Settings {
    /// The settings of a TOML file.
    ///
    /// # Errors
    /// [`ConfigError::Read`], [`ConfigError::File`].
    pub fn from_file(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
            path: path.to_owned(),
            source,
        })?;
        toml::from_str(&text).map_err(|error| ConfigError::File {
            path: path.to_owned(),
            message: error.to_string(),
        })
    }

    /// The settings that MLflow's own environment variables give.
    pub fn from_mlflow_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            backend_store_uri: variable("MLFLOW_BACKEND_STORE_URI"),
            artifacts_destination: variable("MLFLOW_ARTIFACTS_DESTINATION"),
            static_prefix: variable("MLFLOW_STATIC_PREFIX"),
            allowed_hosts: variable("MLFLOW_SERVER_ALLOWED_HOSTS"),
            cors_allowed_origins: variable("MLFLOW_SERVER_CORS_ALLOWED_ORIGINS"),
            x_frame_options: variable("MLFLOW_SERVER_X_FRAME_OPTIONS"),
            ..Self::default()
        }
    }

    /// These settings, and those of `other` where these say nothing.
    pub fn or(self, other: Self) -> Self {
        Self {
            host: self.host.or(other.host),
            port: self.port.or(other.port),
            backend_store_uri: self.backend_store_uri.or(other.backend_store_uri),
            artifacts_destination: self.artifacts_destination.or(other.artifacts_destination),
            static_prefix: self.static_prefix.or(other.static_prefix),
            allowed_hosts: self.allowed_hosts.or(other.allowed_hosts),
            cors_allowed_origins: self.cors_allowed_origins.or(other.cors_allowed_origins),
            x_frame_options: self.x_frame_options.or(other.x_frame_options),
            no_auth: self.no_auth.or(other.no_auth),
            otlp_max_bytes: self.otlp_max_bytes.or(other.otlp_max_bytes),
            json_max_bytes: self.json_max_bytes.or(other.json_max_bytes),
            artifact_max_bytes: self.artifact_max_bytes.or(other.artifact_max_bytes),
            request_memory_bytes: self.request_memory_bytes.or(other.request_memory_bytes),
            request_timeout_seconds: self
                .request_timeout_seconds
                .or(other.request_timeout_seconds),
            spans_wait_ms: self.spans_wait_ms.or(other.spans_wait_ms),
            retention_age: self.retention_age.or(other.retention_age),
            retention_size: self.retention_size.or(other.retention_size),
            price_table: self.price_table.or(other.price_table),
        }
    }

    /// The SQLite file that traces are kept in.
    ///
    /// # Errors
    /// [`ConfigError::Value`] if the address is of another kind.
    pub fn store_path(&self) -> Result<PathBuf, ConfigError> {
        let uri = self.backend_store_uri.as_deref().unwrap_or(STORE_URI);
        sqlite_path(uri).ok_or_else(|| ConfigError::Value {
            name: "--backend-store-uri",
            value: redacted(uri),
            reason: "it must look like sqlite:///spanfall.db, with four slashes for a path from the root"
                .to_owned(),
        })
    }

    /// The folder for uploaded files.
    ///
    /// # Errors
    /// [`ConfigError::Value`] if it is not of this machine.
    pub fn artifacts_path(&self) -> Result<PathBuf, ConfigError> {
        let given = self.artifacts_destination.as_deref();
        folder(given.unwrap_or("./spanfall-artifacts"))
    }

    /// Checks the settings and fills in defaults.
    ///
    /// # Errors
    /// [`ConfigError::Value`], [`ConfigError::OpenToAll`].
    pub fn into_config(self) -> Result<Config, ConfigError> {
        let host = address(self.host.as_deref().unwrap_or("127.0.0.1"))?;
        if !host.is_loopback() && !self.no_auth.unwrap_or_default() {
            return Err(ConfigError::OpenToAll(host));
        }
        Ok(Config {
            host,
            port: self.port.unwrap_or(5000),
            store_path: self.store_path()?,
            artifacts_destination: self.artifacts_path()?,
            static_prefix: prefix(self.static_prefix.as_deref().unwrap_or_default())?,
            allowed_hosts: list(self.allowed_hosts.as_deref()),
            cors_allowed_origins: list(self.cors_allowed_origins.as_deref()),
            x_frame_options: frame_options(self.x_frame_options.as_deref())?,
            otlp_max_bytes: self.otlp_max_bytes.unwrap_or(limits::OTLP_BYTES),
            json_max_bytes: self.json_max_bytes.unwrap_or(limits::JSON_BYTES),
            artifact_max_bytes: self.artifact_max_bytes.unwrap_or(limits::ARTIFACT_BYTES),
            request_memory_bytes: self
                .request_memory_bytes
                .unwrap_or(limits::REQUEST_MEMORY_BYTES),
            request_timeout: self
                .request_timeout_seconds
                .map_or(limits::REQUEST_TIME, Duration::from_secs),
            spans_wait: self
                .spans_wait_ms
                .map_or(limits::SPANS_COMPLETE, Duration::from_millis),
            retention_age: measured("--retention-age", self.retention_age, duration)?,
            retention_size: measured("--retention-size", self.retention_size, bytes)?,
            price_table: self.price_table,
        })
    }
}

/// The file of a store's address: three slashes and a relative path, or four for an absolute one, as
/// SQLAlchemy has it.
fn sqlite_path(uri: &str) -> Option<PathBuf> {
    let path = uri.strip_prefix("sqlite:///")?;
    (!path.is_empty()).then(|| PathBuf::from(path))
}

/// An address without the password it may hold.
fn redacted(uri: &str) -> String {
    let Some((scheme, rest)) = uri.split_once("://") else {
        return uri.to_owned();
    };
    match rest.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://***@{host}"),
        None => uri.to_owned(),
    }
}

/// A setting with a unit.
fn measured<T>(
    name: &'static str,
    text: Option<String>,
    read: fn(&str) -> Result<T, String>,
) -> Result<Option<T>, ConfigError> {
    let Some(text) = text else { return Ok(None) };
    match read(&text) {
        Ok(value) => Ok(Some(value)),
        Err(reason) => Err(ConfigError::Value {
            name,
            value: text,
            reason,
        }),
    }
}

fn address(text: &str) -> Result<IpAddr, ConfigError> {
    if text == "localhost" {
        return Ok(IpAddr::from([127, 0, 0, 1]));
    }
    text.parse().map_err(|_| ConfigError::Value {
        name: "--host",
        value: text.to_owned(),
        reason: "it must be an IP address or localhost".to_owned(),
    })
}

fn folder(text: &str) -> Result<PathBuf, ConfigError> {
    let path = text.strip_prefix("file://").unwrap_or(text);
    if path.contains("://") {
        return Err(ConfigError::Value {
            name: "--artifacts-destination",
            value: redacted(text),
            reason: "it must be a folder of this machine".to_owned(),
        });
    }
    Ok(PathBuf::from(path))
}

fn prefix(text: &str) -> Result<String, ConfigError> {
    let error = |reason: &str| {
        Err(ConfigError::Value {
            name: "--static-prefix",
            value: text.to_owned(),
            reason: reason.to_owned(),
        })
    };
    let path = text.trim_end_matches('/');
    if path.is_empty() {
        return Ok(String::new());
    }
    if !path.starts_with('/') {
        return error("it must begin with a slash");
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '~');
    if !path.chars().all(is_plain) || path.contains("//") {
        return error("it may hold letters, digits, - _ . ~ and single slashes only");
    }
    Ok(path.to_owned())
}

fn list(text: Option<&str>) -> Vec<String> {
    let items = text.unwrap_or_default().split(',').map(str::trim);
    items
        .filter(|item| !item.is_empty())
        .map(str::to_ascii_lowercase)
        .collect()
}

fn frame_options(text: Option<&str>) -> Result<FrameOptions, ConfigError> {
    match text.unwrap_or("SAMEORIGIN").to_ascii_uppercase().as_str() {
        "SAMEORIGIN" => Ok(FrameOptions::SameOrigin),
        "DENY" => Ok(FrameOptions::Deny),
        "NONE" => Ok(FrameOptions::Anyone),
        other => Err(ConfigError::Value {
            name: "--x-frame-options",
            value: other.to_owned(),
            reason: "it must be SAMEORIGIN, DENY or NONE".to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests;
