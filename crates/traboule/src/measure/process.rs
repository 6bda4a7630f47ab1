//! The server as a process: how soon a second start answers, and how much memory it holds when nobody asks.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use bench::Figure;
use db::Failure;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// Second start and idle memory of this very binary with the demo's data.
pub(super) async fn figures(folder: &Path) -> Result<Vec<Figure>, Failure> {
    let data = folder.join("process");
    // The first start builds the demo and is not measured.
    let (child, _) = start(&data).await?;
    stop(child).await?;
    let mut starts = Vec::new();
    let mut memory = Vec::new();
    for _ in 0..3 {
        let (child, seconds) = start(&data).await?;
        starts.push(seconds);
        tokio::time::sleep(Duration::from_secs(1)).await;
        let id = child.id().ok_or_else(|| Failure::Broken("the demo ended by itself".to_owned()))?;
        memory.push(resident(id)?);
        stop(child).await?;
    }
    Ok(vec![
        Figure::of("second start to first page, demo data", "s", &starts).at_most(0.5),
        Figure::of("idle memory, demo data", "MB", &memory).at_most(60.0),
    ])
}

/// Starts the demo on a free port; gives the seconds until the home page has answered.
async fn start(data: &Path) -> Result<(Child, f64), Failure> {
    let program = std::env::current_exe().map_err(Failure::broken)?;
    let begun = Instant::now();
    let mut child = Command::new(program)
        .args(["demo", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(Failure::broken)?;
    let stdout = child.stdout.take().ok_or_else(|| Failure::Broken("no output".to_owned()))?;
    let mut lines = BufReader::new(stdout).lines();
    let port = loop {
        let line = lines.next_line().await.map_err(Failure::broken)?;
        let line = line.ok_or_else(|| Failure::Broken("the demo ended before it listened".to_owned()))?;
        if let Some(port) =
            line.strip_prefix("Site      http://localhost:").and_then(|r| r.trim_end_matches('/').parse::<u16>().ok())
        {
            break port;
        }
    };
    let mut socket = TcpStream::connect(("127.0.0.1", port)).await.map_err(Failure::broken)?;
    socket
        .write_all(b"GET /fr/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .await
        .map_err(Failure::broken)?;
    let mut page = Vec::new();
    socket.read_to_end(&mut page).await.map_err(Failure::broken)?;
    if !page.starts_with(b"HTTP/1.1 200") {
        return Err(Failure::Broken("the home page does not answer".to_owned()));
    }
    Ok((child, begun.elapsed().as_secs_f64()))
}

/// Ends the child as an operator would, and waits for it.
async fn stop(mut child: Child) -> Result<(), Failure> {
    let id = child.id().ok_or_else(|| Failure::Broken("the demo ended by itself".to_owned()))?;
    let sent = Command::new("kill").arg(id.to_string()).status().await.map_err(Failure::broken)?;
    if !sent.success() {
        return Err(Failure::Broken("the demo could not be stopped".to_owned()));
    }
    child.wait().await.map(drop).map_err(Failure::broken)
}

/// Resident memory in MB, from the kernel.
pub(super) fn resident(id: u32) -> Result<f64, Failure> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).map_err(Failure::broken)?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).unwrap_or_default();
    let kb: f64 = line.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or(0.0);
    Ok(kb * 1.024 / 1000.0)
}
