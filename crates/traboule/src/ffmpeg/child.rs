//! The sandbox: a child with an empty environment in a folder of its own, without network where the system allows it,
//! within limits of memory, processor, files and time, and ended with its whole process group.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use publish::ports::EncodeError;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};

/// Limits of one child.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Wall clock.
    pub time: Duration,
    /// Processor seconds.
    pub cpu: u64,
    /// Address space in bytes.
    pub memory: u64,
    /// The largest file it may write, in bytes.
    pub file: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        let gib = 1024 * 1024 * 1024;
        Self { time: Duration::from_secs(2 * 3600), cpu: 3600, memory: 2 * gib, file: 2 * gib }
    }
}

/// How a program is wrapped before it runs.
#[derive(Clone, Debug, Default)]
pub(super) struct Walls {
    /// util-linux `prlimit`, which sets the limits before the program begins.
    pub(super) prlimit: Option<PathBuf>,
    /// `unshare`, where a network of its own is allowed.
    pub(super) unshare: Option<PathBuf>,
}

/// What a child said.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    /// The beginning and the end of its messages.
    pub(super) messages: String,
    /// Whether it ended well.
    pub(super) ok: bool,
}

/// The most kept of a child's messages at each end.
const KEPT: usize = 48 * 1024;

/// A program of the search path.
#[must_use]
pub(super) fn find(name: &str) -> Option<PathBuf> {
    let paths = std::env::var_os("PATH")?;
    std::env::split_paths(&paths).map(|folder| folder.join(name)).find(|path| path.is_file())
}

fn command(program: &Path, walls: &Walls, bounds: Bounds, argv: &[String], folder: &Path) -> Command {
    let mut line: Vec<std::ffi::OsString> = Vec::new();
    if let Some(unshare) = &walls.unshare {
        line.extend([unshare.into(), "--user".into(), "--map-root-user".into(), "--net".into(), "--".into()]);
    }
    if let Some(prlimit) = &walls.prlimit {
        line.push(prlimit.into());
        for (name, value) in
            [("as", bounds.memory), ("cpu", bounds.cpu), ("fsize", bounds.file), ("nofile", 64), ("core", 0)]
        {
            line.push(format!("--{name}={value}").into());
        }
    }
    line.push(program.into());
    let mut command = Command::new(&line[0]);
    command.args(&line[1..]).args(argv);
    command.env_clear().env("LC_ALL", "C").env("HOME", folder).current_dir(folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.process_group(0).kill_on_drop(true);
    command
}

/// Ends a child with everything it started.
fn end_group(child: &Child) {
    let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
    if let Some(pid) = pid {
        // A group that is gone already is what is wanted.
        let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::KILL);
    }
}

/// Where util-linux is missing, the limits are set on the child that has just begun.
fn limit(child: &Child, bounds: Bounds) {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};
    // Without a number the call would mean this very process.
    let Some(pid) = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw) else { return };
    for (resource, value) in [
        (Resource::As, bounds.memory),
        (Resource::Cpu, bounds.cpu),
        (Resource::Fsize, bounds.file),
        (Resource::Nofile, 64),
        (Resource::Core, 0),
    ] {
        if let Err(error) = prlimit(Some(pid), resource, Rlimit { current: Some(value), maximum: Some(value) }) {
            tracing::warn!(%error, "a limit could not be set");
        }
    }
}

/// Ends the group when the task that waits for it is dropped.
struct Guard(Child);

impl Drop for Guard {
    fn drop(&mut self) {
        end_group(&self.0);
    }
}

/// Runs a program within the walls. `line` hears each line of its output and says whether to go on.
///
/// # Errors
/// It could not be started, took too long, or was told to stop.
pub(super) async fn run(
    program: &Path,
    walls: &Walls,
    bounds: Bounds,
    argv: &[String],
    folder: &Path,
    mut line: impl FnMut(&str) -> bool,
) -> Result<Said, EncodeError> {
    let accident = |e: std::io::Error| EncodeError::Accident(e.to_string());
    let mut guard = Guard(command(program, walls, bounds, argv, folder).spawn().map_err(accident)?);
    if walls.prlimit.is_none() {
        limit(&guard.0, bounds);
    }
    let (output, messages) = (guard.0.stdout.take(), guard.0.stderr.take());
    let (Some(output), Some(messages)) = (output, messages) else {
        return Err(EncodeError::Accident("no pipes".to_owned()));
    };
    let talk = tokio::spawn(both_ends(messages));
    let work = async {
        // Lines are short; a child that writes without end of line is cut off by the bound.
        let mut lines = BufReader::new(output.take(64 * 1024 * 1024)).lines();
        while let Some(text) = lines.next_line().await.map_err(accident)? {
            if !line(&text) {
                return Err(EncodeError::TooLong);
            }
        }
        guard.0.wait().await.map_err(accident)
    };
    let outcome = tokio::time::timeout(bounds.time, work).await;
    end_group(&guard.0);
    let status = match outcome {
        Ok(status) => status?,
        Err(_) => return Err(EncodeError::TimedOut),
    };
    let messages = talk.await.map_err(|e| EncodeError::Accident(e.to_string()))?;
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        tracing::warn!(signal, "ffmpeg was stopped");
        // 24 is SIGXCPU, 25 SIGXFSZ: the limits.
        return Err(if signal == 25 {
            EncodeError::TooLong
        } else if signal == 24 {
            EncodeError::TimedOut
        } else {
            EncodeError::Unreadable
        });
    }
    Ok(Said { messages, ok: status.success() })
}

/// The beginning and the end of what a child says; the middle is thrown away.
async fn both_ends(mut from: impl AsyncRead + Unpin) -> String {
    let (mut first, mut last) = (Vec::new(), Vec::new());
    let mut buffer = vec![0; 8192];
    while let Ok(count) = from.read(&mut buffer).await {
        if count == 0 {
            break;
        }
        let piece = buffer.get(..count).unwrap_or_default();
        let room = KEPT.saturating_sub(first.len()).min(piece.len());
        let (here, rest) = piece.split_at(room);
        first.extend_from_slice(here);
        last.extend_from_slice(rest);
        if last.len() > 2 * KEPT {
            last.drain(..last.len() - KEPT);
        }
    }
    first.extend_from_slice(&last);
    String::from_utf8_lossy(&first).into_owned()
}
