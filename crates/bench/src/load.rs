//! A load generator over loopback: a fixed number of kept-alive connections, each asking again as soon as it is
//! answered. Written on plain sockets so that it costs little beside the server on the same cores.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What to ask.
#[derive(Clone, Debug)]
pub struct Load {
    /// Whom.
    pub server: SocketAddr,
    /// Paths, asked in turn.
    pub paths: Vec<String>,
    /// Connections at once.
    pub connections: usize,
    /// For how long.
    pub span: Duration,
    /// A further header line, such as `Accept-Encoding: gzip`.
    pub header: Option<String>,
}

/// What came back.
#[derive(Clone, Copy, Debug, Default)]
pub struct Outcome {
    /// Answers per second.
    pub per_second: f64,
    /// Answers that were not 200.
    pub wrong: u64,
    /// Bytes of the last body.
    pub body: usize,
}

impl Load {
    /// Runs the load. An answer without `Content-Length` counts as wrong.
    pub async fn run(&self) -> Outcome {
        let until = Instant::now() + self.span;
        let tasks: Vec<_> = (0..self.connections).map(|n| tokio::spawn(connection(self.clone(), n, until))).collect();
        let (mut right, mut wrong, mut body) = (0_u64, 0_u64, 0);
        for task in tasks {
            if let Ok((r, w, b)) = task.await {
                right += r;
                wrong += w;
                body = body.max(b);
            } else {
                wrong += 1;
            }
        }
        Outcome { per_second: right as f64 / self.span.as_secs_f64(), wrong, body }
    }
}

/// Makes the n-th request, whole.
pub type Make = Arc<dyn Fn(u64) -> Vec<u8> + Send + Sync>;

/// A load whose requests all differ, such as forms that are posted.
#[derive(Clone)]
pub struct Posts {
    /// Whom.
    pub server: SocketAddr,
    /// What.
    pub make: Make,
    /// The number of the first request.
    pub first: u64,
    /// Connections at once.
    pub connections: u64,
    /// For how long.
    pub span: Duration,
    /// The status of a right answer.
    pub right: u16,
}

impl Posts {
    /// Runs the load; gives what came back and how many answers were right.
    pub async fn run(&self) -> (Outcome, u64) {
        let until = Instant::now() + self.span;
        let tasks: Vec<_> = (0..self.connections).map(|n| tokio::spawn(posting(self.clone(), n, until))).collect();
        let (mut right, mut wrong) = (0_u64, 0_u64);
        for task in tasks {
            let (r, w) = task.await.unwrap_or((0, 1));
            right += r;
            wrong += w;
        }
        (Outcome { per_second: right as f64 / self.span.as_secs_f64(), wrong, body: 0 }, right)
    }
}

async fn posting(load: Posts, n: u64, until: Instant) -> (u64, u64) {
    let (mut right, mut wrong) = (0, 0);
    let Ok(mut socket) = TcpStream::connect(load.server).await else { return (0, 1) };
    drop(socket.set_nodelay(true));
    let mut buffer = vec![0; 64 * 1024];
    let mut turn = load.first + n;
    while Instant::now() < until {
        let request = (load.make)(turn);
        turn += load.connections;
        if socket.write_all(&request).await.is_err() {
            return (right, wrong + 1);
        }
        match answer(&mut socket, &mut buffer).await {
            Some((status, _)) if status == load.right => right += 1,
            Some(_) => wrong += 1,
            None => return (right, wrong + 1),
        }
    }
    (right, wrong)
}

async fn connection(load: Load, n: usize, until: Instant) -> (u64, u64, usize) {
    let (mut right, mut wrong, mut last) = (0, 0, 0);
    let Ok(mut socket) = TcpStream::connect(load.server).await else { return (0, 1, 0) };
    drop(socket.set_nodelay(true));
    let header = load.header.as_ref().map(|h| format!("{h}\r\n")).unwrap_or_default();
    let requests: Vec<Vec<u8>> = load
        .paths
        .iter()
        .map(|p| format!("GET {p} HTTP/1.1\r\nHost: localhost\r\n{header}\r\n").into_bytes())
        .collect();
    let mut buffer = vec![0; 256 * 1024];
    let mut turn = n;
    while Instant::now() < until && !requests.is_empty() {
        let request = &requests[turn % requests.len()];
        turn += 1;
        if socket.write_all(request).await.is_err() {
            return (right, wrong + 1, last);
        }
        match answer(&mut socket, &mut buffer).await {
            Some((200, body)) => {
                right += 1;
                last = body;
            }
            Some(_) => wrong += 1,
            None => return (right, wrong + 1, last),
        }
    }
    (right, wrong, last)
}

/// Reads one answer; gives its status and the length of its body.
async fn answer(socket: &mut TcpStream, buffer: &mut [u8]) -> Option<(u16, usize)> {
    let mut filled = 0;
    let end = loop {
        let count = socket.read(buffer.get_mut(filled..)?).await.ok()?;
        if count == 0 {
            return None;
        }
        filled += count;
        if let Some(end) = buffer[..filled].windows(4).position(|w| w == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let head = std::str::from_utf8(&buffer[..end]).ok()?;
    let status = head.get(9..12)?.parse().ok()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    })?;
    let mut left = length.checked_sub(filled - end)?;
    while left > 0 {
        let count = socket.read(buffer).await.ok()?;
        if count == 0 {
            return None;
        }
        left = left.checked_sub(count)?;
    }
    Some((status, length))
}
