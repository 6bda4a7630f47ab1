//! What the tests need from the machine, and how to get it: find, say, install.
//!
//! Installs Debian packages only, as root or by a sudo that asks no password, and only what is missing. It never
//! touches an existing PostgreSQL cluster and leaves no new one running.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::out;

/// Programs the tests start, found on this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tools {
    /// The folder that holds `initdb` and `pg_ctl`.
    pub postgres: PathBuf,
    /// The browser.
    pub chromium: PathBuf,
    /// Its driver, of the same version.
    pub chromedriver: PathBuf,
}

/// Keeps the package from making and starting a cluster that nobody asked for.
const NO_MAIN_CLUSTER: &str = "/etc/postgresql-common/createcluster.d/traboule-test.conf";

/// Finds the tools, installing what is missing. The error says what is missing and what to do.
pub fn ensure() -> Result<Tools, String> {
    let missing = missing();
    if missing.is_empty() {
        out::say("everything needed is here: PostgreSQL, chromium, chromedriver, ffmpeg, python3");
    } else {
        let packages = packages(&missing);
        out::say(&format!("missing: {}", missing.join(", ")));
        let Some(prefix) = privilege() else {
            return Err(format!(
                "neither root, nor sudo without a password, on a machine with apt-get.\n\
                 Install these yourself: {}",
                packages.join(" ")
            ));
        };
        out::say(&format!("will install with apt-get: {}", packages.join(" ")));
        install(&prefix, &packages)?;
    }
    tools().ok_or_else(|| format!("still missing after the installation: {}", self::missing().join(", ")))
}

/// A `cargo` to be run at the root, as if from a shell: what `cargo run` set for us is taken away again, because it
/// would make some build scripts believe that something changed.
pub fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    command.current_dir(root);
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        let ours = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"];
        if ours.iter().any(|prefix| name.starts_with(prefix)) || name.starts_with("PG") {
            command.env_remove(name);
        }
    }
    command
}

/// Names of what is missing, as [`packages`] knows them.
fn missing() -> Vec<&'static str> {
    let mut missing = Vec::new();
    if postgres().is_none() {
        missing.push("PostgreSQL (initdb, pg_ctl)");
    }
    if chromium().is_none() {
        missing.push("chromium");
    }
    if chromedriver().is_none() {
        missing.push("chromedriver");
    }
    for program in ["ffmpeg", "python3"] {
        if in_path(program).is_none() {
            missing.push(program);
        }
    }
    missing
}

/// The Debian packages for what is missing. Browser and driver come together, because their versions must agree.
fn packages(missing: &[&str]) -> Vec<&'static str> {
    let mut packages = Vec::new();
    for name in missing {
        let wanted: &[&'static str] = match *name {
            "chromium" | "chromedriver" => &["chromium", "chromium-driver"],
            "ffmpeg" => &["ffmpeg"],
            "python3" => &["python3"],
            _ => &["postgresql"],
        };
        packages.extend(wanted.iter().filter(|package| !packages.contains(*package)).copied().collect::<Vec<_>>());
    }
    packages
}

fn tools() -> Option<Tools> {
    let complete = missing().is_empty();
    let tools = Tools { postgres: postgres()?, chromium: chromium()?, chromedriver: chromedriver()? };
    complete.then_some(tools)
}

fn postgres() -> Option<PathBuf> {
    let on_path = in_path("initdb").and_then(|found| found.parent().map(Path::to_path_buf));
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    folders.sort();
    let newest_first = folders.into_iter().rev().map(|(_, folder)| folder);
    on_path
        .into_iter()
        .chain(newest_first)
        .find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
}

fn chromium() -> Option<PathBuf> {
    named_by("TRABOULE_TEST_CHROMIUM").or_else(|| in_path("chromium")).or_else(|| in_path("chromium-browser"))
}

fn chromedriver() -> Option<PathBuf> {
    named_by("TRABOULE_TEST_CHROMEDRIVER").or_else(|| in_path("chromedriver"))
}

fn named_by(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_file())
}

fn in_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// What to put before a command so that it runs as root: nothing for root, sudo where it asks no password, `None`
/// when neither helps or there is no apt-get to run.
fn privilege() -> Option<Vec<&'static str>> {
    in_path("apt-get")?;
    if is_root() {
        return Some(Vec::new());
    }
    let free = Command::new("sudo").args(["-n", "true"]).output().is_ok_and(|done| done.status.success());
    free.then(|| vec!["sudo", "-n"])
}

/// Whether this process runs as root.
pub fn is_root() -> bool {
    let asked = Command::new("id").arg("-u").output();
    asked.is_ok_and(|done| String::from_utf8_lossy(&done.stdout).trim() == "0")
}

fn install(prefix: &[&str], packages: &[&str]) -> Result<(), String> {
    let guard = packages.contains(&"postgresql");
    if guard {
        let write = format!(
            "mkdir -p \"$(dirname {NO_MAIN_CLUSTER})\" && echo 'create_main_cluster = false' > {NO_MAIN_CLUSTER}"
        );
        privileged(prefix, &["sh", "-c", &write])?;
    }
    let apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
    let mut install = apt.to_vec();
    install.extend(["install", "-y", "--no-install-recommends"]);
    install.extend(packages);
    let done = privileged(prefix, &[&apt[..], &["update"]].concat()).and_then(|()| privileged(prefix, &install));
    if guard {
        // The machine's owner may want a main cluster one day.
        privileged(prefix, &["rm", "-f", NO_MAIN_CLUSTER])?;
    }
    done
}

fn privileged(prefix: &[&str], command: &[&str]) -> Result<(), String> {
    let words: Vec<&str> = prefix.iter().chain(command).copied().collect();
    let shown = words.join(" ");
    out::say(&format!("$ {shown}"));
    let (program, args) = words.split_first().ok_or("nothing to run")?;
    match Command::new(program).args(args).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{shown}` ended with {status}")),
        Err(error) => Err(format!("`{shown}` did not start: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browser_and_driver_are_installed_together() {
        assert_eq!(packages(&["chromedriver"]), ["chromium", "chromium-driver"]);
        assert_eq!(
            packages(&["PostgreSQL (initdb, pg_ctl)", "chromium", "chromedriver", "python3"]),
            ["postgresql", "chromium", "chromium-driver", "python3"]
        );
        assert!(packages(&[]).is_empty());
    }

    #[test]
    fn cargo_is_run_as_from_a_shell() {
        let command = cargo(Path::new("."));
        assert!(command.get_envs().all(|(_, value)| value.is_none()));
        if std::env::var_os("CARGO_PKG_NAME").is_some() {
            assert!(command.get_envs().any(|(name, _)| name == "CARGO_PKG_NAME"));
        }
    }
}
