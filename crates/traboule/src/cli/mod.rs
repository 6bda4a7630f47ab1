//! The command line: a contract that scripts rely on. Logs go to stderr, `--json` to stdout; exit codes are 0 ok, 1 found
//! a problem, 2 bad usage.

mod backup;
mod bench;
mod check;
mod demo;
mod export;
mod heads;
mod import;
mod init;
mod kept;
mod log;
mod parts;
mod revive;
mod serve;
mod sim;
mod verify;
mod watch;
mod witness;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::{Config, Flags};

/// Traboule: one server with which a media team owns its platform.
#[derive(Debug, Parser)]
#[command(name = "traboule", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, Args)]
struct Where {
    /// The data folder [default: ./traboule-data]
    #[arg(long)]
    data: Option<PathBuf>,
    /// A PostgreSQL address instead of SQLite in the data folder
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server
    Serve {
        #[command(flatten)]
        place: Where,
        /// Where to listen [default: 127.0.0.1:8080]
        #[arg(long, value_name = "ADDR")]
        listen: Option<String>,
        /// The public origin, such as https://example.org
        #[arg(long, value_name = "URL")]
        public_url: Option<String>,
    },
    /// Run a populated site with invented people and events
    Demo {
        /// The data folder [default: ./traboule-demo-data]
        #[arg(long)]
        data: Option<PathBuf>,
        /// Where to listen [default: 127.0.0.1:8080]
        #[arg(long, value_name = "ADDR")]
        listen: Option<String>,
    },
    /// Prepare an empty, secured site and print the one-time sign-in
    Init {
        #[command(flatten)]
        place: Where,
        /// The organisation's name
        #[arg(long)]
        org: String,
        /// The first show's title
        #[arg(long)]
        show: String,
        /// The owner's e-mail address
        #[arg(long, value_name = "EMAIL")]
        owner: String,
        /// The language the show is made in
        #[arg(long, default_value = "fr")]
        language: String,
        /// The show's time zone
        #[arg(long, default_value = "Europe/Paris")]
        time_zone: String,
        /// The public origin the feed's identity is made from
        #[arg(long, value_name = "URL")]
        public_url: Option<String>,
    },
    /// Bring in what exists
    Import {
        #[command(subcommand)]
        what: Import,
    },
    /// Look at the configuration, the database, the files and the clock
    Check {
        #[command(flatten)]
        place: Where,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List tasks that were given up, or put them back to work
    Revive {
        #[command(flatten)]
        place: Where,
        /// Only tasks of this handler, such as mail
        #[arg(long, value_name = "NAME")]
        handler: Option<String>,
        /// Only this task
        #[arg(long, value_name = "KEY")]
        key: Option<String>,
        /// Every task that was given up
        #[arg(long, conflicts_with_all = ["handler", "key"])]
        all: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show or erase what an import kept of a commenter, by e-mail address
    Kept {
        #[command(flatten)]
        place: Where,
        /// The address the person gave
        email: String,
        /// Erase it
        #[arg(long)]
        erase: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Write out what is kept, for anybody to check or to take along
    Export {
        #[command(subcommand)]
        what: Export,
    },
    /// Check a proof, a receipt, a checkpoint or an exported day, from a file or an address
    Verify {
        /// The file, or the address of a log, of a leaf's page, or of a proof
        source: String,
        /// The log's verifier key, or a file with it [default: the one the site names]
        #[arg(long, value_name = "VKEY")]
        key: Option<String>,
        /// A witness's verifier key; may be given again
        #[arg(long = "witness", value_name = "VKEY")]
        witnesses: Vec<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Watch a public log: its signature, its growth, every leaf and tile. Ends with 1 when something was tampered with
    Watch {
        /// The site, or its log
        url: String,
        /// The log's verifier key, or a file with it [default: the one the site names at the first look]
        #[arg(long, value_name = "VKEY")]
        key: Option<String>,
        /// The file that keeps the newest good checkpoint [default: ./traboule-watch-HOST-log.json]
        #[arg(long, value_name = "FILE")]
        state: Option<PathBuf>,
        /// Keep a copy of the whole log in this folder
        #[arg(long, value_name = "FOLDER")]
        copy: Option<PathBuf>,
        /// A witness that must have cosigned; may be given again
        #[arg(long = "witness", value_name = "VKEY")]
        witnesses: Vec<String>,
        /// Seconds between two rounds
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=86_400))]
        every: u64,
        /// One round only
        #[arg(long)]
        once: bool,
        /// Print JSON, one object a round
        #[arg(long)]
        json: bool,
    },
    /// Be an independent witness of a public log: check that it only grows, and cosign it
    Witness {
        /// The site, or its log
        url: String,
        /// The witness's private key; made the first time
        #[arg(long, value_name = "FILE", default_value = "traboule-witness.key")]
        key: PathBuf,
        /// The name of a key made now [default: witness- and eight signs]
        #[arg(long)]
        name: Option<String>,
        /// The log's verifier key, or a file with it [default: the one the site names]
        #[arg(long, value_name = "VKEY")]
        log_key: Option<String>,
        /// Also answer `add-checkpoint` here
        #[arg(long, value_name = "ADDR")]
        listen: Option<String>,
        /// Seconds between two rounds
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=86_400))]
        every: u64,
        /// One round only
        #[arg(long)]
        once: bool,
    },
    /// Measure: pages, comments, import, search, feed, log
    Bench {
        /// What to measure
        name: String,
        /// A PostgreSQL address, for `log`: measured too, in a schema that is dropped afterwards
        #[arg(long, value_name = "URL")]
        database: Option<String>,
        /// How much of the whole, in hundredths; only feed asks
        #[arg(long, value_name = "N", default_value_t = 100)]
        percent: u64,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Simulate by seeds, with a checker: log
    Sim {
        /// What to simulate
        name: String,
        /// The first and the last seed
        #[arg(long, value_name = "A..B", default_value = "1..20")]
        seeds: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Mend this site's public log after a restore that went back
    Log {
        #[command(subcommand)]
        what: Log,
    },
    /// Write the database and all media into one file, from SQLite or PostgreSQL
    Backup {
        #[command(flatten)]
        place: Where,
        /// The file to write
        file: PathBuf,
    },
    /// Read a backup into an empty data folder, and with --database into an empty PostgreSQL
    Restore {
        #[command(flatten)]
        place: Where,
        /// The file to read
        file: PathBuf,
        /// The newest checkpoint of the public log somebody kept: a watcher's memory, log.high; may be given again
        #[arg(long, value_name = "CHECKPOINT")]
        seen: Vec<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
enum Import {
    /// A podcast by its feed
    Feed {
        #[command(flatten)]
        place: Where,
        /// A file or an address
        source: String,
        /// The show to import into, or the slug of the new one
        #[arg(long, value_name = "SLUG")]
        show: Option<String>,
        /// Report what would change and write nothing
        #[arg(long)]
        dry_run: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// Bring the sound home in the background while the server runs; otherwise it stays where it is
        #[arg(long)]
        download: bool,
        /// Import a feed that says podcast:locked although it is not proved to be yours
        #[arg(long)]
        this_feed_is_mine: bool,
    },
    /// A WordPress site by its export (WXR)
    Wxr {
        #[command(flatten)]
        place: Where,
        /// A file or an address
        source: String,
        /// The show to import into, or the slug of the new one
        #[arg(long, value_name = "SLUG")]
        show: Option<String>,
        /// Report what would change and write nothing
        #[arg(long)]
        dry_run: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// Bring sound and pictures home in the background while the server runs
        #[arg(long)]
        download: bool,
    },
}

#[derive(Debug, Subcommand)]
enum Log {
    /// Bring leaves back that the database lost, from a copy that somebody kept or from another server of this site
    Recover {
        #[command(flatten)]
        place: Where,
        /// A newer backup, the folder `traboule watch --copy` filled, or an address
        from: String,
    },
    /// Give lost leaves up for good: a new log opens, whose first leaf names the end of the old one
    Reopen {
        #[command(flatten)]
        place: Where,
        /// The newest checkpoint of the old log that anybody has, as a file: log.high, a watcher's memory, a checkpoint
        checkpoint: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
enum Export {
    /// The events of a day's listens with the rules, so that anybody can count them again
    Listens {
        #[command(flatten)]
        place: Where,
        /// The day, UTC, such as 2026-11-24 [default: yesterday]
        #[arg(long, value_name = "DATE")]
        day: Option<String>,
        /// Only this show
        #[arg(long, value_name = "SLUG")]
        show: Option<String>,
        /// Print JSON, the form `verify` reads; without it a summary
        #[arg(long)]
        json: bool,
    },
    /// Everything this server keeps under a person's account, as JSON
    Person {
        #[command(flatten)]
        place: Where,
        /// The e-mail address of the account
        #[arg(long, value_name = "EMAIL", required_unless_present = "handle", conflicts_with = "handle")]
        email: Option<String>,
        /// The handle of the member, for accounts without an address
        #[arg(long, value_name = "HANDLE")]
        handle: Option<String>,
        /// Write the archive a person downloads: export.json and their files. Without it the JSON is printed
        #[arg(long, value_name = "FILE.tar")]
        file: Option<PathBuf>,
    },
}

/// Why a command ended badly.
enum Ended {
    /// It found a problem; the text says which.
    Problem(String),
    /// It was asked wrongly.
    Usage(String),
}

impl From<db::Failure> for Ended {
    fn from(failure: db::Failure) -> Self {
        match failure {
            db::Failure::Refused(refusal) => Self::Problem(in_words(&refusal)),
            other => Self::Problem(other.to_string()),
        }
    }
}

/// A refusal in English, for a terminal.
fn in_words(refusal: &kernel::Refusal) -> String {
    let texts = crate::app::texts();
    let lang = kernel::Lang::En;
    let mut text = ui::sentence(&texts, lang, "refusal", refusal.code, &refusal.args);
    for field in &refusal.fields {
        text.push_str(&format!("\n  {}: {}", field.name, ui::sentence(&texts, lang, "field", field.code, &field.args)));
    }
    text
}

/// Prints a line to stdout; a closed pipe is no reason to fail.
fn say(text: &str) {
    use std::io::Write as _;
    drop(writeln!(std::io::stdout(), "{text}"));
}

/// Says on stderr why the command failed.
fn complain(text: &str) {
    use std::io::Write as _;
    drop(writeln!(std::io::stderr(), "traboule: {text}"));
}

fn json<T: serde::Serialize>(value: &T) {
    say(&serde_json::to_string(value).unwrap_or_default());
}

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            drop(error.print());
            return if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    let filter = tracing_subscriber::EnvFilter::try_from_env("TRABOULE_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,traboule=info,publish=info"));
    let colours = std::io::IsTerminal::is_terminal(&std::io::stderr());
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(colours).with_env_filter(filter).init();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(run(cli.command)),
        Err(error) => Err(Ended::Problem(error.to_string())),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Ended::Problem(text)) => {
            complain(&text);
            ExitCode::from(1)
        }
        Err(Ended::Usage(text)) => {
            complain(&text);
            ExitCode::from(2)
        }
    }
}

fn config(place: Where, listen: Option<String>, public_url: Option<String>) -> Result<Config, Ended> {
    let flags = Flags { data: place.data, listen, database: place.database, public_url };
    Config::load(&flags, "127.0.0.1:8080").map_err(Ended::Usage)
}

async fn run(command: Command) -> Result<(), Ended> {
    match command {
        Command::Serve { place, listen, public_url } => serve::run(config(place, listen, public_url)?).await,
        Command::Demo { data, listen } => demo::run(data, listen).await,
        Command::Init { place, org, show, owner, language, time_zone, public_url } => {
            init::run(config(place, None, public_url)?, init::Ask { org, show, owner, language, time_zone }).await
        }
        Command::Import { what: Import::Feed { place, source, show, dry_run, json, download, this_feed_is_mine } } => {
            let what = import::What::Feed;
            let ask = import::Ask { what, source, show, dry_run, json, download, vouched: this_feed_is_mine };
            import::run(config(place, None, None)?, ask).await
        }
        Command::Import { what: Import::Wxr { place, source, show, dry_run, json, download } } => {
            let ask = import::Ask { what: import::What::Wxr, source, show, dry_run, json, download, vouched: false };
            import::run(config(place, None, None)?, ask).await
        }
        Command::Kept { place, email, erase, json } => kept::run(config(place, None, None)?, &email, erase, json).await,
        Command::Revive { place, handler, key, all, json } => {
            revive::run(config(place, None, None)?, revive::Ask { handler, key, all, json }).await
        }
        Command::Check { place, json } => check::run(config(place, None, None)?, json).await,
        Command::Export { what: Export::Listens { place, day, show, json } } => {
            export::listens(config(place, None, None)?, day.as_deref(), show.as_deref(), json).await
        }
        Command::Export { what: Export::Person { place, email, handle, file } } => {
            let who = (email.as_deref(), handle.as_deref());
            export::person(config(place, None, None)?, who, file.as_deref()).await
        }
        Command::Verify { source, key, witnesses, json } => {
            verify::run(verify::Ask { source, key, witnesses, json }).await
        }
        Command::Watch { url, key, state, copy, witnesses, every, once, json } => {
            watch::run(watch::Ask { url, key, state, copy, witnesses, every, once, json }).await
        }
        Command::Witness { url, key, name, log_key, listen, every, once } => {
            witness::run(witness::Ask { url, key, name, log_key, listen, every, once }).await
        }
        Command::Bench { name, database, percent, json } => bench::run(&name, database, percent, json).await,
        Command::Sim { name, seeds, json } => sim::run(&name, &seeds, json).await,
        Command::Log { what: Log::Recover { place, from } } => log::recover(config(place, None, None)?, &from).await,
        Command::Log { what: Log::Reopen { place, checkpoint } } => {
            log::reopen(config(place, None, None)?, &checkpoint).await
        }
        Command::Backup { place, file } => backup::backup(config(place, None, None)?, &file).await,
        Command::Restore { place, file, seen } => backup::restore(config(place, None, None)?, &file, &seen).await,
    }
}
