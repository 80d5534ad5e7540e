import { curl, host, table, token, tokenAndJson } from "./markdown.ts";

const profile = '{"name": "Robin", "birthDate": "1995-04-23", "gender": "woman", "bio": "I bake bread.", "interests": ["baking"]}';
const wishes = '{"genders": ["man", "nonbinary"], "ageMin": 25, "ageMax": 40, "radiusKm": 30}';

/** The guide to a profile that other users can find. */
export const profileGuide = `
## Profile

A new account has an empty profile. Decks and search show it when it has a name, a birth date, a gender, a location and a photo, and when
moderation has accepted its texts.

Write the fields of your profile. Fields that you leave out stay as they are, and you can set the birth date once:
${curl(`-X PATCH ${host}/v1/me/profile`, tokenAndJson, `-d '${profile}'`)}
Send the location of the device. Pendo keeps only a coarse, shifted position:
${curl(`-X PUT ${host}/v1/me/location`, tokenAndJson, `-d '{"lat": 38.72, "lon": -9.14}'`)}
Say which users you want to meet:
${curl(`-X PATCH ${host}/v1/me/preferences`, tokenAndJson, `-d '${wishes}'`)}
The guide to photos shows how to upload one. Then look at your profile as Pendo has it:
${curl(`${host}/v1/me/profile`, token)}
${table(
  ["field", "meaning"],
  [
    ["`missing`", "What decks and search still wait for."],
    ["`textState`", "`visible` after moderation accepted the texts."],
    ["`discoverable`", "True when other users can find you."],
  ],
)}
Now \`GET /v1/discovery/recommendations\` returns your deck, and \`PUT /v1/swipes/{targetId}\` records a like. Without a location there is no deck:
you get 409 \`profile.incomplete\`, whose \`errors\` name what is missing. A user that you like sees your card also without a photo.`;
