//! The local admin endpoint: a socket beside the database, which only the user who runs the server may open. Through it `spanfall gc`
//! reaches a running server, since a database belongs to one process.
//!
//! One request a connection: a line of JSON, answered by lines of JSON, the last of which is the outcome.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::store::Store;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Mutex, mpsc};

use crate::artifacts::ArtifactFolder;
use crate::clock;
use crate::retention::{Collection, Freed, Policy};

/// The longest request line.
const LINE_MAX: u64 = 64 * 1024;

/// What can be asked of a running server.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Delete what a policy says.
    Gc(Policy),
    /// How long others had to wait for the store's own work, and begin these figures anew.
    Figures,
}

/// One line of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Something was done; more follows.
    Progress(String),
    /// All is done.
    Freed(Freed),
    /// The store's figures, in microseconds and bytes.
    Figures(Figures),
    /// It failed.
    Failed(String),
}

/// See [`store::Figures`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// The longest slice of a deletion, without the commit.
    pub delete_slice_micros: u64,
    /// The longest transaction with a slice of a deletion in it.
    pub delete_commit_micros: u64,
    /// The longest transaction.
    pub transaction_micros: u64,
    /// The most bytes in the write-ahead log.
    pub wal_bytes_max: u64,
}

/// The socket of a database.
pub fn socket_of(database: &Path) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(".admin");
    path.into()
}

/// What the endpoint works on.
pub struct Admin {
    /// The store, as such and for its figures.
    pub store: Arc<store::SqliteStore>,
    /// Uploaded files.
    pub artifacts: Arc<ArtifactFolder>,
}

/// A socket that is open; the file goes when it is dropped.
pub struct Endpoint {
    listener: UnixListener,
    path: PathBuf,
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        // A socket left behind is replaced at the next start.
        let _ = std::fs::remove_file(&self.path);
    }
}

impl Endpoint {
    /// Opens the socket of a database that this process holds.
    ///
    /// # Errors
    /// What the system says, for example that the path is too long for a socket.
    pub fn open(database: &Path) -> io::Result<Self> {
        let path = socket_of(database);
        // Under another name first, so that nobody else can open it before its rights are set.
        let mut new = path.clone().into_os_string();
        new.push("-new");
        let new = PathBuf::from(new);
        for old in [&new, &path] {
            match std::fs::remove_file(old) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        let listener = UnixListener::bind(&new)?;
        std::fs::set_permissions(&new, std::fs::Permissions::from_mode(0o600))?;
        std::fs::rename(&new, &path)?;
        Ok(Self { listener, path })
    }

    /// Answers until the future is dropped.
    pub async fn serve(&self, admin: Arc<Admin>) {
        // One clean-up at a time.
        let collecting = Arc::new(Mutex::new(()));
        loop {
            let stream = match self.listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "admin endpoint");
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                    continue;
                }
            };
            let (admin, collecting) = (Arc::clone(&admin), Arc::clone(&collecting));
            tokio::spawn(async move {
                if let Err(error) = admin.answer(stream, &collecting).await {
                    tracing::debug!(%error, "admin connection ended early");
                }
            });
        }
    }
}

impl Admin {
    async fn answer(&self, stream: UnixStream, collecting: &Mutex<()>) -> io::Result<()> {
        use tokio::io::AsyncReadExt;
        let (reader, mut writer) = stream.into_split();
        let mut line = String::new();
        BufReader::new(reader.take(LINE_MAX))
            .read_line(&mut line)
            .await?;
        let last = match serde_json::from_str(&line) {
            Err(error) => Answer::Failed(format!("not a request: {error}")),
            Ok(Request::Figures) => Answer::Figures(self.figures()),
            Ok(Request::Gc(policy)) => match collecting.try_lock() {
                Err(_) => Answer::Failed("another clean-up is under way".to_owned()),
                Ok(_one_at_a_time) => self.collect(&policy, &mut writer).await?,
            },
        };
        send(&mut writer, &last).await
    }

    fn figures(&self) -> Figures {
        let figures = self.store.figures();
        self.store.reset_figures();
        let micros =
            |time: std::time::Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        Figures {
            delete_slice_micros: micros(figures.longest_delete_slice),
            delete_commit_micros: micros(figures.longest_delete_commit),
            transaction_micros: micros(figures.longest_transaction),
            wal_bytes_max: figures.wal_bytes_max,
        }
    }

    async fn collect(
        &self,
        policy: &Policy,
        writer: &mut (impl AsyncWriteExt + Unpin),
    ) -> io::Result<Answer> {
        let store: Arc<dyn Store> = self.store.clone();
        let collection = Collection {
            store: &store,
            artifacts: &self.artifacts,
            now: clock::now(),
        };
        let (lines, mut told) = mpsc::unbounded_channel();
        let mut report = |text: String| {
            // Fails only if nobody is told any more.
            let _ = lines.send(text);
        };
        let mut work = std::pin::pin!(collection.run(policy, &mut report));
        loop {
            tokio::select! {
                Some(text) = told.recv() => send(writer, &Answer::Progress(text)).await?,
                done = &mut work => {
                    while let Ok(text) = told.try_recv() {
                        send(writer, &Answer::Progress(text)).await?;
                    }
                    return Ok(match done {
                        Ok(freed) => Answer::Freed(freed),
                        Err(error) => Answer::Failed(error.to_string()),
                    });
                }
            }
        }
    }
}

async fn send(writer: &mut (impl AsyncWriteExt + Unpin), answer: &Answer) -> io::Result<()> {
    let mut line = serde_json::to_vec(answer)?;
    line.push(b'\n');
    writer.write_all(&line).await?;
    writer.flush().await
}

/// Asks a running server, handing each line of the answer but the last to `receive`.
///
/// # Errors
/// If there is no server, or it goes away.
pub async fn ask(
    database: &Path,
    request: &Request,
    mut receive: impl FnMut(&str),
) -> io::Result<Answer> {
    let mut stream = UnixStream::connect(socket_of(database)).await?;
    send_request(&mut stream, request).await?;
    let mut lines = BufReader::new(stream).lines();
    while let Some(line) = lines.next_line().await? {
        match serde_json::from_str(&line)? {
            Answer::Progress(text) => receive(&text),
            last => return Ok(last),
        }
    }
    Err(io::Error::new(
        io::ErrorKind::UnexpectedEof,
        "the server went away",
    ))
}

async fn send_request(stream: &mut UnixStream, request: &Request) -> io::Result<()> {
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    stream.write_all(&line).await
}
