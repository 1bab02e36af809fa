// Replaces the page's contents whenever the server says that there is something new.
const stream = new EventSource(`events${location.search}`);
stream.onmessage = event => {
  const main = document.querySelector("main");
  const open = new Map([...main.querySelectorAll("details")].map(one => [one.querySelector("summary").textContent, one.open]));
  main.innerHTML = JSON.parse(event.data);
  for (const one of main.querySelectorAll("details")) {
    const was = open.get(one.querySelector("summary").textContent);
    if (was !== undefined) one.open = was;
  }
  document.title = main.querySelector("p").textContent;  // seen in the browser's tab
};
