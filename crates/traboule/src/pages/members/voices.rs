//! How voices are shown: names of members from `community`, of shows from `publish`, of organisations from `accounts`.

use std::collections::HashMap;

use accounts::service as accounts_uc;
use community::model::{Voice, VoiceKind};
use community::service::members;
use db::{Failure, Tx};
use kernel::Lang;
use publish::service as publish_uc;
use publish::web::Links;
use ui::Texts;

use crate::pages::posts::{VoiceView, portrait_path};

/// How voices are shown, by id. One that is closed has no page; one that is not there is left out.
///
/// # Errors
/// The database's failure.
pub(crate) async fn voice_views(
    tx: &mut Tx,
    texts: &Texts,
    lang: Lang,
    ids: &[i64],
) -> Result<HashMap<i64, VoiceView>, Failure> {
    let voices = members::voices(tx, ids).await?;
    let people: Vec<i64> = voices.values().filter(|v| v.kind == VoiceKind::Member).map(|v| v.id).collect();
    let people = members::members(tx, &people).await?;
    let (shows, orgs) = (publish_uc::public_shows(tx).await?, accounts_uc::list_orgs(tx).await?);
    let named = |voice: &Voice| match voice.kind {
        VoiceKind::Member => people.get(&voice.id).map(|m| {
            let picture = m.picture.as_deref();
            (m.name.clone(), picture.map(|p| portrait_path(&m.handle, p)))
        }),
        VoiceKind::Show => shows.iter().find(|s| s.id == voice.id).map(|show| {
            let (own, text) = show.text(lang.code());
            let picture = show.mark.as_ref().or(show.cover.as_ref()).map(|image| Links::image(image, "small"));
            (publish::web::typeset(own, &text.title).into_owned(), picture)
        }),
        VoiceKind::Organisation => orgs.iter().find(|o| o.id.0 == voice.id).map(|o| (o.name.clone(), None)),
    };
    let view = |voice: &Voice| {
        if voice.closed {
            return VoiceView::gone(texts.text(lang, "members-gone", &[]));
        }
        let (name, picture) = named(voice).unwrap_or_else(|| (format!("@{}", voice.handle), None));
        VoiceView::new(lang, voice.kind, &voice.handle, &name, picture)
    };
    Ok(voices.values().map(|voice| (voice.id, view(voice))).collect())
}

/// How one voice is shown.
///
/// # Errors
/// The database's failure.
pub(crate) async fn voice_view(tx: &mut Tx, texts: &Texts, lang: Lang, voice: &Voice) -> Result<VoiceView, Failure> {
    let found = voice_views(tx, texts, lang, &[voice.id]).await?.remove(&voice.id);
    Ok(found.unwrap_or_else(|| VoiceView::gone(texts.text(lang, "members-gone", &[]))))
}
