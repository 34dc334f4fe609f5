//! A real `mlflow server` to measure beside ours: its own virtual environment, SQLite in an empty folder, a free port.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::bail;

use super::client::Client;
use crate::step::step;
use crate::{tools, workspace};

/// It takes 15 seconds on a quiet machine.
const PATIENCE: Duration = Duration::from_secs(300);

/// A running `mlflow server`.
pub struct Reference {
    child: Child,
    pub port: u16,
}

impl Reference {
    /// Installs it if need be, starts it on a folder below the target folder, which is emptied first, and waits until it answers.
    pub fn start(folder: &str) -> anyhow::Result<Self> {
        let lock = workspace::root().join("xtask/python/reference.lock");
        let python = tools::python::environment("reference", &lock)?;
        let folder = workspace::target().join(folder);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let child = Command::new(python)
            .args([
                "-m",
                "mlflow",
                "server",
                "--host",
                "127.0.0.1",
                "--workers",
                "2",
            ])
            .args([
                "--port",
                &port.to_string(),
                "--backend-store-uri",
                "sqlite:///mlflow.db",
            ])
            .current_dir(&folder)
            .env("MLFLOW_DISABLE_TELEMETRY", "true")
            .env("DO_NOT_TRACK", "true")
            // A dozen processes for jobs that no call here asks for.
            .env("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let reference = Self { child, port };
        step("start mlflow server 3.17.2", || reference.wait())?;
        Ok(reference)
    }

    fn wait(&self) -> anyhow::Result<()> {
        let patience = Instant::now();
        while patience.elapsed() < PATIENCE {
            let healthy = Client::connect(self.port)
                .and_then(|mut client| client.send("GET", "/health", &[], b""))
                .is_ok_and(|reply| reply.status == 200);
            if healthy {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        bail!(
            "mlflow server did not answer within {} s",
            PATIENCE.as_secs()
        )
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        let _ = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        let _ = self.child.wait();
    }
}
