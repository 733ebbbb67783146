//! The frame around the API pages; the documents themselves are in English.

use door::pages::Language;

pub struct Docs {
    pub title: &'static str,
    pub lead: &'static str,
    pub choose: &'static str,
    pub download: &'static str,
    pub openapi: &'static str,
    pub collection: &'static str,
    pub environment: &'static str,
    pub how: &'static str,
    pub home: &'static str,
    pub not_built: &'static str,
    pub no_script: &'static str,
    pub elsewhere: &'static str,
    pub none: &'static str,
}

pub const fn docs(language: Language) -> &'static Docs {
    match language {
        Language::Nl => &NL,
        Language::En => &EN,
        Language::De => &DE,
        Language::Fr => &FR,
    }
}

const NL: Docs = Docs {
    title: "API's",
    lead: "Elke aanroep, om te lezen en om uit te proberen. Er wordt niets van een ander netwerk gehaald.",
    choose: "Kies een API",
    download: "Downloaden",
    openapi: "OpenAPI-document",
    collection: "Postman-collectie",
    environment: "Postman-omgeving",
    how: "Kies Authorize om in te loggen en toegang te geven; kies daarna bij een aanroep Try it out.",
    home: "Terug naar de startpagina",
    not_built: "Deze server is gebouwd zonder de interactieve pagina's. De documenten kunt u wel downloaden.",
    no_script: "Uitproberen kan alleen met JavaScript. De documenten kunt u ook zonder downloaden.",
    elsewhere: "Inloggen werkt alleen op het adres waaronder deze server bekend is:",
    none: "Deze server heeft geen API's om te tonen.",
};
const EN: Docs = Docs {
    title: "APIs",
    lead: "Every call, to read about and to try. Nothing is fetched from another network.",
    choose: "Choose an API",
    download: "Download",
    openapi: "OpenAPI document",
    collection: "Postman collection",
    environment: "Postman environment",
    how: "Choose Authorize to sign in and give access; then choose Try it out at a call.",
    home: "Back to the front page",
    not_built: "This server was built without the interactive pages. You can still download the documents.",
    no_script: "Trying calls needs JavaScript. You can download the documents without it.",
    elsewhere: "Signing in only works at the address by which this server is known:",
    none: "This server has no APIs to show.",
};
const DE: Docs = Docs {
    title: "APIs",
    lead: "Jeder Aufruf, zum Lesen und zum Ausprobieren. Nichts wird aus einem anderen Netz geholt.",
    choose: "API auswählen",
    download: "Herunterladen",
    openapi: "OpenAPI-Dokument",
    collection: "Postman-Sammlung",
    environment: "Postman-Umgebung",
    how: "Wählen Sie Authorize, um sich anzumelden und den Zugriff zu erlauben; danach bei einem Aufruf Try it out.",
    home: "Zurück zur Startseite",
    not_built: "Dieser Server wurde ohne die interaktiven Seiten gebaut. Die Dokumente lassen sich trotzdem herunterladen.",
    no_script: "Ausprobieren geht nur mit JavaScript. Die Dokumente lassen sich auch ohne herunterladen.",
    elsewhere: "Anmelden geht nur unter der Adresse, unter der dieser Server bekannt ist:",
    none: "Dieser Server hat keine APIs zu zeigen.",
};
const FR: Docs = Docs {
    title: "API",
    lead: "Chaque appel, à lire et à essayer. Rien n'est chargé depuis un autre réseau.",
    choose: "Choisir une API",
    download: "Télécharger",
    openapi: "Document OpenAPI",
    collection: "Collection Postman",
    environment: "Environnement Postman",
    how: "Choisissez Authorize pour vous connecter et donner l'accès\u{a0}; puis Try it out près d'un appel.",
    home: "Retour à l'accueil",
    not_built: "Ce serveur a été construit sans les pages interactives. Vous pouvez tout de même télécharger les documents.",
    no_script: "Essayer les appels demande JavaScript. Les documents se téléchargent aussi sans.",
    elsewhere: "La connexion ne fonctionne qu'à l'adresse sous laquelle ce serveur est connu\u{a0}:",
    none: "Ce serveur n'a aucune API à montrer.",
};
