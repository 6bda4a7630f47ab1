//! A process that publishes episode after episode and says so on stdout only after the commit, until somebody kills
//! it. The crash tests then look at what is left. Arguments: `file PATH` or `postgres URL SCHEMA`, then the show's id.

use std::io::Write as _;
use std::sync::Arc;

use db::{Db, NodeLease, Target, write_tx};
use it::crash::{audio, draft, worker};
use kernel::{Actor, Clock, Ctx, IdMaker, Rng};
use publish::service::{self as uc, When};

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(run());
}

async fn run() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (target, show) = match args.as_slice() {
        [kind, path, show] if kind == "file" => (Target::File(path.into()), show),
        [kind, url, schema, show] if kind == "postgres" => {
            (Target::Postgres { url: url.clone(), schema: Some(schema.clone()) }, show)
        }
        _ => panic!("file PATH SHOW, or postgres URL SCHEMA SHOW"),
    };
    let show: i64 = show.parse().expect("a show id");
    let db = Db::open(&target, Clock::system()).await.expect("the database opens");
    let lease = NodeLease::take(&db, &Rng::System).await.expect("a node");
    let ids = Arc::new(IdMaker::new(Clock::system(), lease.node));
    let worker = worker(&db, &ids);
    tokio::spawn(async move {
        loop {
            // A collision with the other task is no news; the next look makes up for it.
            drop(worker.step().await);
            tokio::task::yield_now().await;
        }
    });
    for n in 0_u64.. {
        let ctx = Ctx { now: Clock::system().now(), actor: Actor::System("crash"), ids: ids.clone(), rng: Rng::System };
        let draft = draft(n, ctx.ids.next());
        let made = write_tx!(db, |tx| {
            let made = uc::create_episode(tx, &ctx, show, draft.clone()).await?;
            uc::attach_audio(tx, &ctx, made.id, &audio()).await?;
            uc::schedule(tx, &ctx, made.id, When::Now).await?;
            Ok(made)
        });
        if let Ok(made) = made {
            let mut out = std::io::stdout().lock();
            writeln!(out, "{}", made.guid).expect("somebody listens");
            out.flush().expect("somebody listens");
        }
    }
}
