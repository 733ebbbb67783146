// Starts Swagger UI on the API page. Everything it needs stands in the page's own attributes.

const place = document.getElementById('swagger-ui');
const { document: url, client, origin, redirect } = place.dataset;

// The same machine under its other name will do too.
const known = [origin, origin.replace('//localhost:', '//127.0.0.1:')];
document.getElementById('elsewhere').hidden = known.includes(window.location.origin);

const ui = window.SwaggerUIBundle({
  url,
  domNode: place,
  // Links inside of buttons are neither for a keyboard nor for a screen reader.
  deepLinking: false,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  oauth2RedirectUrl: new URL(redirect, window.location.href).href,
  persistAuthorization: false,
  tryItOutEnabled: false,
  validatorUrl: null,
  onComplete: nameWhatHasNoName,
});

/** Swagger UI's own markup leaves these to guess for who does not see the page. */
function nameWhatHasNoName() {
  place.querySelector('#servers')?.setAttribute('aria-label', 'Server');
  for (const heading of place.querySelectorAll('h3.opblock-tag, .models h4')) heading.setAttribute('aria-level', '2');
  for (const [part, name] of [['.information-container', 'About'], ['.schemes-server-container', 'Server and access']]) {
    const region = place.querySelector(part);
    region?.setAttribute('role', 'region');
    region?.setAttribute('aria-label', name);
  }
}

ui.initOAuth({ clientId: client, scopes: 'read write', usePkceWithAuthorizationCodeGrant: true });
