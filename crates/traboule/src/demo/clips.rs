//! The demo's clips: passages of its own episodes, made into films by the real tasks where ffmpeg is there. Without it there are
//! none, and the column says so.

use db::Failure;
use kernel::Ctx;

use crate::app::App;
use crate::pages::clips::cut;

/// An episode's number, from and to in milliseconds, title and words.
const CLIPS: [(i64, (i64, i64), &str, &str); 3] = [
    (
        134,
        (24_000, 42_000),
        "Cent douze volets fermés",
        "Trois soirs de marche, un carnet, et un nombre que la plateforme n’avait pas. #Vernoise",
    ),
    (138, (30_000, 48_500), "Imprimé ou tissé ? Une seconde", "Il suffit de retourner le tissu. #fils"),
    (
        141,
        (46_900, 62_600),
        "La ligne qui manquait dans la carte",
        "Neuf cents voitures, neuf jours de correction, un merle. #rue",
    ),
];

/// Cuts what there is to cut of the episode that became public this morning, and waits for its film.
///
/// # Errors
/// Whatever a use case answers.
pub(super) async fn evening(app: &App, ctx: &Ctx, number: i64, episode: Option<i64>) -> Result<(), Failure> {
    let found = CLIPS.iter().find(|clip| clip.0 == number);
    let (Some((_, stretch, title, words)), Some(episode)) = (found, episode) else { return Ok(()) };
    if app.filmer.version().await.is_none() {
        return Ok(());
    }
    cut::make(app, ctx, episode, *stretch, (title, words)).await?;
    app.worker.drain_but(&[publish::jobs::PROOF_HANDLER]).await?;
    Ok(())
}
