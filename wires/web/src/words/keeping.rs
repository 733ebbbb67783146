//! What is said to whoever filled something in that was not sent, since they were signed out or the network was away.

use door::pages::Language;

pub struct Keeping {
    pub sign_in: &'static str,
    /// The name of a page on which nothing else is left.
    pub out_title: &'static str,
    pub out: &'static str,
    pub out_files: &'static str,
    pub another: &'static str,
    pub offline: &'static str,
    /// The server answers, but not this.
    pub later: &'static str,
    pub back: &'static str,
    /// Some of it has no place on the page as it is now.
    pub back_in_part: &'static str,
    pub back_files: &'static str,
    /// The page with a message that came from who was signed out.
    pub title: &'static str,
    pub lead: &'static str,
    pub sign_in_beside: &'static str,
    pub then_send: &'static str,
    pub files_again: &'static str,
    /// To guests, who have nothing to sign in with and come back as somebody else, if at all.
    pub guest_title: &'static str,
    pub guest_out: &'static str,
    pub guest_onward: &'static str,
    /// The same page of who was a guest.
    pub guest: &'static str,
}

pub const fn keeping(language: Language) -> &'static Keeping {
    match language {
        Language::Nl => &NL,
        Language::En => &EN,
        Language::De => &DE,
        Language::Fr => &FR,
    }
}

const NL: Keeping = Keeping {
    sign_in: "Opnieuw inloggen",
    out_title: "U bent uitgelogd",
    out: "U bent uitgelogd. Er is niets verstuurd. Wat u invulde, staat hier nog en komt terug als u weer inlogt.",
    out_files: "Uw bestanden kiest u dan opnieuw.",
    another: "Hier is intussen iemand anders ingelogd. Er is niets verstuurd.",
    offline: "Er is geen verbinding. Er is niets verstuurd. Wat u invulde, staat hier nog: probeer het opnieuw als er weer verbinding is.",
    later: "Er is niets verstuurd: dat kan nu even niet. Wat u invulde, staat hier nog. Probeer het over een minuut opnieuw.",
    back: "Wat u invulde, staat er weer. Het is nog niet verstuurd.",
    back_in_part: "Niet alles wat u invulde, kon hier weer worden ingevuld. Kijk het na voordat u het verstuurt. Het is nog niet verstuurd.",
    back_files: "Kies uw bestanden opnieuw.",
    title: "Uw bericht is nog niet verstuurd",
    lead: "U was uitgelogd. Uw bericht staat hieronder en is nog niet verstuurd.",
    sign_in_beside: "Opnieuw inloggen (opent naast deze pagina)",
    then_send: "Log eerst weer in. Kom dan terug naar deze pagina en verstuur uw bericht.",
    files_again: "Uw bestanden zijn niet verstuurd. Voeg ze daarna in het gesprek toe.",
    guest_title: "Uw bezoek is voorbij",
    guest_out: "Uw bezoek als gast is voorbij. Er is niets verstuurd. Wat u invulde, staat hier nog: kopieer het als u het wilt bewaren.",
    guest_onward: "Wat u nu kunt doen (opent naast deze pagina)",
    guest: "Er is niets verstuurd. Uw bericht staat hieronder: u kunt het kopiëren.",
};

const EN: Keeping = Keeping {
    sign_in: "Sign in again",
    out_title: "You have been signed out",
    out: "You have been signed out. Nothing was sent. What you filled in is still here, and comes back once you sign in.",
    out_files: "Your files must be chosen again then.",
    another: "Somebody else has signed in here meanwhile. Nothing was sent.",
    offline: "There is no connection. Nothing was sent. What you filled in is still here: try again once you are connected.",
    later: "Nothing was sent: that is not possible just now. What you filled in is still here. Try again in a minute.",
    back: "What you filled in is here again. It has not been sent yet.",
    back_in_part: "Not all that you filled in could be filled in again here. Look through it before you send it. It has not been sent yet.",
    back_files: "Choose your files again.",
    title: "Your message has not been sent yet",
    lead: "You were signed out. Your message stands below and has not been sent yet.",
    sign_in_beside: "Sign in again (opens beside this page)",
    then_send: "Sign in again first. Then come back to this page and send your message.",
    files_again: "Your files were not sent. Add them in the conversation afterwards.",
    guest_title: "Your visit is over",
    guest_out: "Your visit as a guest is over. Nothing was sent. What you filled in is still here: copy it if you want to keep it.",
    guest_onward: "What you can do now (opens beside this page)",
    guest: "Nothing was sent. Your message is below: you can copy it.",
};

const DE: Keeping = Keeping {
    sign_in: "Wieder anmelden",
    out_title: "Sie wurden abgemeldet",
    out: "Sie wurden abgemeldet. Es wurde nichts gesendet. Was Sie eingegeben haben, steht noch hier und kommt nach der Anmeldung zurück.",
    out_files: "Ihre Dateien wählen Sie dann noch einmal aus.",
    another: "Hier hat sich inzwischen jemand anders angemeldet. Es wurde nichts gesendet.",
    offline: "Es besteht keine Verbindung. Es wurde nichts gesendet. Was Sie eingegeben haben, steht noch hier: Versuchen Sie es noch einmal, sobald wieder eine Verbindung besteht.",
    later: "Es wurde nichts gesendet: Das ist gerade nicht möglich. Was Sie eingegeben haben, steht noch hier. Versuchen Sie es in einer Minute noch einmal.",
    back: "Was Sie eingegeben haben, steht wieder hier. Es wurde noch nicht gesendet.",
    back_in_part: "Nicht alles, was Sie eingegeben haben, konnte hier wieder eingesetzt werden. Sehen Sie es durch, bevor Sie es senden. Es wurde noch nicht gesendet.",
    back_files: "Wählen Sie Ihre Dateien noch einmal aus.",
    title: "Ihre Nachricht wurde noch nicht gesendet",
    lead: "Sie waren abgemeldet. Ihre Nachricht steht unten und wurde noch nicht gesendet.",
    sign_in_beside: "Wieder anmelden (öffnet sich neben dieser Seite)",
    then_send: "Melden Sie sich zuerst wieder an. Kommen Sie dann auf diese Seite zurück und senden Sie Ihre Nachricht.",
    files_again: "Ihre Dateien wurden nicht gesendet. Fügen Sie sie danach im Gespräch hinzu.",
    guest_title: "Ihr Besuch ist vorbei",
    guest_out: "Ihr Besuch als Gast ist vorbei. Es wurde nichts gesendet. Was Sie eingegeben haben, steht noch hier: Kopieren Sie es, wenn Sie es behalten möchten.",
    guest_onward: "Was Sie jetzt tun können (öffnet sich neben dieser Seite)",
    guest: "Es wurde nichts gesendet. Ihre Nachricht steht unten: Sie können sie kopieren.",
};

const FR: Keeping = Keeping {
    sign_in: "Se reconnecter",
    out_title: "Vous avez été déconnecté",
    out: "Vous avez été déconnecté. Rien n'a été envoyé. Ce que vous avez saisi est encore ici et reviendra une fois que vous serez reconnecté.",
    out_files: "Il faudra alors choisir à nouveau vos fichiers.",
    another: "Quelqu'un d'autre s'est connecté ici entre-temps. Rien n'a été envoyé.",
    offline: "Il n'y a pas de connexion. Rien n'a été envoyé. Ce que vous avez saisi est encore ici\u{a0}: réessayez dès que la connexion est rétablie.",
    later: "Rien n'a été envoyé\u{a0}: ce n'est pas possible pour le moment. Ce que vous avez saisi est encore ici. Réessayez dans une minute.",
    back: "Ce que vous avez saisi est de nouveau ici. Cela n'a pas encore été envoyé.",
    back_in_part: "Tout ce que vous aviez saisi n'a pas pu être remis ici. Relisez-le avant de l'envoyer. Cela n'a pas encore été envoyé.",
    back_files: "Choisissez à nouveau vos fichiers.",
    title: "Votre message n'a pas encore été envoyé",
    lead: "Vous étiez déconnecté. Votre message se trouve ci-dessous et n'a pas encore été envoyé.",
    sign_in_beside: "Se reconnecter (s'ouvre à côté de cette page)",
    then_send: "Reconnectez-vous d'abord. Revenez ensuite sur cette page et envoyez votre message.",
    files_again: "Vos fichiers n'ont pas été envoyés. Ajoutez-les ensuite dans la conversation.",
    guest_title: "Votre visite est terminée",
    guest_out: "Votre visite en tant qu'invité est terminée. Rien n'a été envoyé. Ce que vous avez saisi est encore ici\u{a0}: copiez-le si vous voulez le garder.",
    guest_onward: "Ce que vous pouvez faire maintenant (s'ouvre à côté de cette page)",
    guest: "Rien n'a été envoyé. Votre message se trouve ci-dessous\u{a0}: vous pouvez le copier.",
};
