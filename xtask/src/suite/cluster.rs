//! A private PostgreSQL cluster for one run of the tests, on a unix socket, gone when the run ends.
//!
//! PostgreSQL refuses to run as root, so root hands it to another user. A small watchman holds the end of a pipe:
//! when this process ends, however it ends, the watchman stops the server and deletes the data. Nothing here is
//! safe against power loss, on purpose: durability is switched off for speed.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::setup;

/// A running cluster. Dropping it stops the server and deletes its files.
#[derive(Debug)]
pub struct Cluster {
    data: PathBuf,
    socket: PathBuf,
    watchman: Option<Child>,
}

/// Settings on top of what initdb writes. Fast, unsafe, unreachable from the network.
const SETTINGS: &str = "
listen_addresses = ''
port = 5432
max_connections = 200
fsync = off
synchronous_commit = off
full_page_writes = off
timezone = 'UTC'
log_timezone = 'UTC'
";

/// Stops the server of the data folder and deletes folder and socket, once standard input ends.
const WATCHMAN: &str = r#"
trap '' HUP INT TERM
cat >/dev/null
"$1/pg_ctl" -D "$2" -m immediate -w stop >/dev/null 2>&1
rm -rf "$2" "$3"
exit 0
"#;

/// The user who runs the server when we are root.
#[derive(Clone, Copy, Debug)]
struct Person {
    uid: u32,
    gid: u32,
}

impl Cluster {
    /// Makes and starts a cluster with the programs in `bin`. Its data lies under the target folder, or in a
    /// temporary one where the server's user cannot reach that. The error carries the end of the server's log.
    pub fn start(root: &Path, bin: &Path) -> Result<Cluster, String> {
        let person = if setup::is_root() { Some(unprivileged()?) } else { None };
        let named = |what: &str, error: io::Error| format!("{what}: {error}");
        let socket = make_socket_folder(person).map_err(|error| named("folder for the socket", error))?;
        let data = data_folder(root, &socket, person).map_err(|error| named("folder for the data", error))?;
        let mut cluster = Cluster { data, socket, watchman: None };
        cluster.watchman = Some(cluster.post_watchman(bin, person).map_err(|error| named("watchman", error))?);
        cluster.initialise(bin, person)?;
        let log = cluster.socket.join("log");
        let mut start = cluster.program(bin, "pg_ctl", person);
        start.args(["-w", "-t", "60", "-s", "-l"]).arg(&log).arg("start");
        run(&mut start).map_err(|error| format!("{error}\n{}", fs::read_to_string(&log).unwrap_or_default()))?;
        Ok(cluster)
    }

    /// The address of its first database, for a superuser without a password.
    pub fn url(&self) -> String {
        address(&self.socket)
    }

    fn initialise(&self, bin: &Path, person: Option<Person>) -> Result<(), String> {
        let mut initdb = self.program(bin, "initdb", person);
        initdb.args(["--locale=C", "--encoding=UTF8", "--auth=trust", "-U", "traboule", "--no-sync"]);
        run(&mut initdb)?;
        let file = self.data.join("postgresql.conf");
        let socket = format!("unix_socket_directories = '{}'\n", self.socket.display());
        let text = fs::read_to_string(&file).map(|text| text + SETTINGS + &socket);
        text.and_then(|text| fs::write(&file, text)).map_err(|error| format!("{}: {error}", file.display()))
    }

    /// A program of PostgreSQL on this data folder, as the right user, from a folder that user can enter.
    fn program(&self, bin: &Path, name: &str, person: Option<Person>) -> Command {
        let mut command = Command::new(bin.join(name));
        command.arg("-D").arg(&self.data).current_dir(&self.socket).env("LC_ALL", "C").stdin(Stdio::null());
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG")) {
            command.env_remove(name);
        }
        become_person(&mut command, person);
        command
    }

    /// Its own process group keeps Ctrl-C away from it; the pipe tells it when we are gone.
    fn post_watchman(&self, bin: &Path, person: Option<Person>) -> io::Result<Child> {
        let mut command = Command::new("sh");
        command.args(["-c", WATCHMAN, "sh"]).arg(bin).arg(&self.data).arg(&self.socket);
        command.current_dir("/").stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        become_person(&mut command, person);
        command.spawn()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut watchman) = self.watchman.take() {
            drop(watchman.stdin.take());
            let _ = watchman.wait();
        }
        // The watchman may not delete the folders themselves where their parents are not its user's.
        let _ = fs::remove_dir_all(&self.data);
        let _ = fs::remove_dir_all(&self.socket);
    }
}

fn become_person(command: &mut Command, person: Option<Person>) {
    if let Some(Person { uid, gid }) = person {
        command.uid(uid).gid(gid);
    }
}

/// The user `postgres`, else `nobody`.
fn unprivileged() -> Result<Person, String> {
    let text = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let find = |name: &str| person_in(&text, name);
    find("postgres")
        .or_else(|| find("nobody"))
        .ok_or_else(|| "PostgreSQL does not run as root, and there is no user `postgres` or `nobody`".to_owned())
}

fn person_in(passwd: &str, name: &str) -> Option<Person> {
    let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2).map(|field| field.parse::<u32>().ok());
    let (uid, gid) = (fields.next()??, fields.next()??);
    (uid != 0).then_some(Person { uid, gid })
}

/// The longest folder that leaves room for `/.s.PGSQL.5432` in a socket address (107 bytes).
const LONGEST_SOCKET_FOLDER: usize = 90;

fn make_socket_folder(person: Option<Person>) -> io::Result<PathBuf> {
    let usual = std::env::temp_dir();
    let name = |number: u32| format!("traboule-pg-{}-{number}", std::process::id());
    let short = usual.join(name(0)).as_os_str().len() <= LONGEST_SOCKET_FOLDER;
    let parent = if short && open_to_all(&usual) { usual } else { PathBuf::from("/tmp") };
    // A folder of this name may be left from before a power cut, so a few are tried.
    for number in 0..100 {
        let folder = parent.join(name(number));
        match make_private(&folder, person) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            done => return done.map(|()| folder),
        }
    }
    Err(io::Error::from(io::ErrorKind::AlreadyExists))
}

/// Makes `target/test-pg/<process>`, or a folder beside the socket if the server's user could not enter the first.
fn data_folder(root: &Path, socket: &Path, person: Option<Person>) -> io::Result<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let all = std::path::absolute(target)?.join("test-pg");
    fs::create_dir_all(&all)?;
    sweep(&all);
    let folder = if person.is_none() || open_to_all(&all) {
        all.join(std::process::id().to_string())
    } else {
        socket.join("data")
    };
    make_private(&folder, person)?;
    Ok(folder)
}

/// Deletes what runs left behind that could not clean up, such as after a power cut.
fn sweep(all: &Path) {
    for entry in fs::read_dir(all).into_iter().flatten().flatten() {
        let run = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok());
        let server = fs::read_to_string(entry.path().join("postmaster.pid")).unwrap_or_default();
        let server = server.lines().next().and_then(|line| line.trim().parse::<u32>().ok());
        let alive = |id: u32| Path::new("/proc").join(id.to_string()).exists();
        let over = |id: u32| id == std::process::id() || !alive(id);
        if run.is_some_and(over) && !server.is_some_and(alive) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn make_private(folder: &Path, person: Option<Person>) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(folder)?;
    match person {
        Some(Person { uid, gid }) => chown(folder, Some(uid), Some(gid)),
        None => Ok(()),
    }
}

/// Whether every user may pass through a folder and all folders above it.
fn open_to_all(folder: &Path) -> bool {
    folder.ancestors().all(|part| fs::metadata(part).is_ok_and(|about| about.permissions().mode() & 0o001 != 0))
}

fn address(socket: &Path) -> String {
    format!("postgres://traboule@localhost/postgres?host={}", percent_encode(&socket.to_string_lossy()))
}

fn percent_encode(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

fn run(command: &mut Command) -> Result<(), String> {
    let shown = command.get_program().to_string_lossy().into_owned();
    let done = command.output().map_err(|error| format!("{shown} did not start: {error}"))?;
    if done.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&done.stdout) + String::from_utf8_lossy(&done.stderr);
    Err(format!("{shown} ended with {}\n{text}", done.status))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_socket_is_encoded_in_the_address() {
        let address = address(Path::new("/run/a b"));
        assert_eq!(address, "postgres://traboule@localhost/postgres?host=%2Frun%2Fa%20b");
    }

    #[test]
    fn people_are_found_in_passwd_but_never_root() {
        let passwd = "root:x:0:0::/:/bin/sh\npostgres:x:101:104:PostgreSQL:/var/lib/postgresql:/bin/bash\nodd:x:a:b\n";
        let person = person_in(passwd, "postgres").expect("postgres");
        assert_eq!((person.uid, person.gid), (101, 104));
        assert!(person_in(passwd, "root").is_none());
        assert!(person_in(passwd, "odd").is_none());
        assert!(person_in(passwd, "nobody").is_none());
    }
}
