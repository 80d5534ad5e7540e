/** The questions that a profile may answer. Keys never change. Texts may be improved or translated. */
export const promptQuestions = {
  sundayMorning: "My Sunday morning, hour by hour",
  smallJoy: "A small thing that makes my whole day",
  askMeAbout: "Ask me about the time I",
  unpopularOpinion: "I will defend this opinion to the last crumb",
  teachYou: "Give me an hour and I can teach you",
  teachMe: "I have always wanted someone to teach me",
  kitchen: "The dish my friends ask me to cook",
  getLost: "A place where I would happily get lost",
  songOnRepeat: "The song my neighbours know by heart because of me",
  changedMyMind: "Something I changed my mind about",
  firstDate: "Our first date starts with",
  greenFlag: "You have me when you",
  laughed: "The last thing I could not stop laughing about",
  superstition: "My most unreasonable habit",
  tenYearsOld: "At ten years old I was sure I would become",
  lookingFor: "I hope to find someone who",
  weekendProject: "The project I never quite finish",
  bookOrFilm: "A book or film I recommend to everyone",
  proudOf: "Quietly proud of",
  together: "Two people can do this better than one",
  debate: "Let us settle this once and for all",
} as const satisfies Record<string, string>;

export type PromptQuestion = keyof typeof promptQuestions;
export const promptQuestionKeys = Object.keys(promptQuestions) as [PromptQuestion, ...PromptQuestion[]];
