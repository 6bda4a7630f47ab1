//! `init`: an organisation, a show, an owner, and the one sign-in that is printed.

use accounts::service as accounts_uc;
use db::write_tx;
use kernel::{Actor, Lang, Role};
use publish::model::ShowText;
use publish::rules::check::ShowDraft;
use publish::rules::slug;
use publish::service as publish_uc;

use super::{Ended, say, serve};
use crate::config::Config;

/// What was asked.
pub(super) struct Ask {
    pub(super) org: String,
    pub(super) show: String,
    pub(super) owner: String,
    pub(super) language: String,
    pub(super) time_zone: String,
}

pub(super) async fn run(config: Config, ask: Ask) -> Result<(), Ended> {
    let opened = serve::open(&config, config.listen.port(), false).await?;
    let app = &opened.app;
    let ctx = app.ctx(Actor::System("init"));
    let lang = Lang::parse(&ask.language).unwrap_or(Lang::Fr);
    let base = app.links.feed_base();
    let show_title = ask.show.clone();
    let draft = ShowDraft {
        language: ask.language.clone(),
        time_zone: ask.time_zone,
        author: ask.org.clone(),
        texts: [(ask.language, ShowText { title: ask.show, ..ShowText::default() })].into(),
        ..ShowDraft::default()
    };
    let password = password(&app.rng);
    let hash = accounts_uc::hash_password(&password, &app.rng.bytes::<16>())?;
    let made = write_tx!(app.db, |tx| {
        // After an import there is an organisation already: its owner is added to it.
        let wanted = slug::from_title(&ask.org, "org");
        let org = match accounts_uc::list_orgs(tx).await?.into_iter().find(|o| o.slug == wanted) {
            Some(org) => org,
            None => accounts_uc::create_org(tx, &ctx, &ask.org, &wanted).await?,
        };
        let name = ask.owner.split('@').next().unwrap_or_default().to_owned();
        let invite =
            accounts_uc::Invite { org: org.id, email: ask.owner.clone(), name, lang, roles: vec![Role::Owner] };
        let owner = accounts_uc::invite(tx, &ctx, &invite).await?;
        let own = ctx.as_actor(Actor::Person { person: owner.id, roles: vec![(org.id, Role::Owner)] });
        accounts_uc::change_password(tx, &own, 0, &password, &hash).await?;
        match publish_uc::find_show(tx, &slug::from_title(&show_title, "show")).await {
            Ok(show) if show.org == org.id => Ok(show),
            _ => publish_uc::create_show(tx, &ctx, org.id, draft.clone(), &base).await,
        }
    });
    let outcome = made.map_err(Ended::from).map(|show| {
        say(&format!("Feed      {}", app.links.feed(&show.slug)));
        say(&format!("Sign in   {} / {password}", ask.owner));
        say("Change this password after signing in: it is printed once and kept nowhere.");
        say("Start     traboule serve");
    });
    opened.close().await;
    outcome
}

/// Four groups of four letters and digits: 82 bits, easy to type once.
fn password(rng: &kernel::Rng) -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let group = || {
        (0..4)
            .map(|_| char::from(LETTERS[usize::try_from(rng.below(LETTERS.len() as u64)).unwrap_or(0)]))
            .collect::<String>()
    };
    [group(), group(), group(), group()].join("-")
}
