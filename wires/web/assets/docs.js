// Starts Swagger UI on the API page. Everything it needs stands in the page's own attributes.

const place = document.getElementById('swagger-ui');
const { document: url, client, origin, redirect } = place.dataset;

// The same machine under its other name will do too.
const known = [origin, origin.replace('//localhost:', '//127.0.0.1:')];
document.getElementById('elsewhere').hidden = known.includes(window.location.origin);

const ui = window.SwaggerUIBundle({
  url,
  domNode: place,
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  oauth2RedirectUrl: new URL(redirect, window.location.href).href,
  persistAuthorization: false,
  tryItOutEnabled: false,
  validatorUrl: null,
});

ui.initOAuth({ clientId: client, scopes: 'read write', usePkceWithAuthorizationCodeGrant: true });
