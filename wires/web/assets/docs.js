// Starts Swagger UI on the API page. Everything it needs stands in the page's own attributes.

const place = document.getElementById('swagger-ui');
const { document: url, client, origin, redirect } = place.dataset;

document.getElementById('elsewhere').hidden = origin === window.location.origin;

const ui = window.SwaggerUIBundle({
  url,
  domNode: place,
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  oauth2RedirectUrl: redirect,
  persistAuthorization: false,
  tryItOutEnabled: false,
  validatorUrl: null,
});

ui.initOAuth({ clientId: client, scopes: 'read write', usePkceWithAuthorizationCodeGrant: true });
