import type { Gender } from "@pendo/contract/profile";
import type { Dice } from "./dice.ts";

interface NamesOf {
  readonly woman: string;
  readonly man: string;
}

// First names that are common where the culture's words are spoken; those of the last list are borne by anybody.
const names = {
  portuguese: {
    woman:
      "Ana Beatriz Carolina Inês Mariana Leonor Joana Catarina Sofia Rita Madalena Teresa Luísa Matilde Clara Filipa Marta Raquel Sílvia Helena Débora Larissa",
    man: "João Tiago Miguel Rui Pedro Diogo Duarte Francisco Gonçalo André Henrique Bernardo Nuno Vasco Ricardo Luís Rafael Bruno Caetano Fábio Otávio Thiago",
  },
  german: {
    woman:
      "Anna Lena Greta Frieda Johanna Mathilda Katrin Sabine Ulrike Paula Lotte Ida Marlene Hanna Nele Svenja Antje Franziska Leonie Birgit",
    man: "Jonas Lukas Felix Moritz Anton Emil Jürgen Matthias Stefan Till Henning Fabian Sebastian Konrad Ole Uwe Paul Jakob Benedikt Hannes",
  },
  english: {
    woman:
      "Emma Olivia Grace Alice Charlotte Hannah Ruby Megan Ellie Lucy Harriet Phoebe Abigail Claire Judith Zoe Rosie Nora Audrey Hazel Daisy Beth",
    man: "Tom Jack Oliver Harry George Ben Sam Daniel Callum Ethan Owen Liam Nathan Arthur Miles Graham Theo Ned Russell Finn Hugh Walter",
  },
  spanish: {
    woman:
      "Lucía Valentina Camila Paula Ximena Marisol Elena Pilar Alba Rocío Noelia Fernanda Renata Guadalupe Inés Carmen Daniela Itziar Jimena Abril",
    man: "Mateo Santiago Diego Javier Álvaro Andrés Pablo Emiliano Joaquín Rodrigo Ignacio Iker Hugo Sergio Adrián Manuel Ramón Leandro Facundo Óscar",
  },
  french: {
    woman:
      "Camille Léa Chloé Manon Juliette Élise Margaux Océane Inès Clémence Sylvie Brigitte Adèle Capucine Noémie Solène Mathilde Agathe",
    man: "Hugo Louis Gabriel Étienne Antoine Bastien Théo Clément Mathieu Julien Rémi Pascal Thierry Quentin Gaspard Lucien Maxime Yann",
  },
  italian: {
    woman: "Giulia Chiara Martina Alessia Francesca Ginevra Bianca Ludovica Serena Elisa Paola Silvia Ilaria Caterina Viola Nives",
    man: "Luca Matteo Lorenzo Davide Alessandro Marco Filippo Riccardo Tommaso Giacomo Enrico Stefano Dario Pietro Ettore Nico",
  },
  slavic: {
    woman: "Zofia Zuzanna Agnieszka Magdalena Kasia Oliwia Milena Jadwiga Natalia Oksana Daria Vesna Ivana Ludmila Katarína Alena",
    man: "Jakub Mateusz Piotr Krzysztof Wojciech Marek Bartosz Tomasz Kacper Igor Bohdan Milan Dragan Ondřej Zdeněk Stanisław",
  },
  turkish: {
    woman: "Elif Zeynep Defne Ayşe Selin Ece Merve Deniz Nehir Yasemin Gül Ebru Leyla Pınar Esra Melis",
    man: "Emre Mehmet Can Burak Kerem Onur Serkan Murat Cem Ozan Umut Tolga Yusuf Barış Hakan Arda",
  },
  nordic: {
    woman: "Astrid Freja Ingrid Saga Alma Signe Ebba Maja Linnéa Karin Solveig Tuva Liv Sigrid Bodil Annika",
    man: "Lars Erik Oskar Nils Magnus Anders Søren Mikkel Viggo Axel Gustav Jens Rasmus Torben Birger Sindre",
  },
  greek: {
    woman: "Eleni Maria Katerina Dimitra Sofia Ioanna Danai Vasiliki Anastasia Despina Kalliope Xenia",
    man: "Giorgos Nikos Dimitris Kostas Yannis Stavros Panos Alexandros Christos Thanos Petros Manolis",
  },
  arabic: {
    woman: "Layla Yasmine Salma Nour Amira Farah Huda Mariam Rania Samira Dina Khadija Hala Zahra Imane Nadia",
    man: "Omar Youssef Karim Hassan Tarek Ahmed Ziad Amir Khaled Sami Rachid Mehdi Bilal Hamza Walid Nabil",
  },
  african: {
    woman: "Amara Ngozi Chiamaka Wanjiru Adaeze Folake Yetunde Akinyi Nyambura Zainab Abena Thandiwe Temitope Makena Ifeoma Esi",
    man: "Chidi Emeka Tunde Kwame Oluwaseun Kamau Otieno Babajide Ikenna Sipho Kofi Mwangi Obinna Jabari Segun Tendai",
  },
  indian: {
    woman: "Ananya Priya Diya Meera Kavya Isha Shreya Lakshmi Sunita Aditi Nandini Pooja Radhika Tara Zoya Rukmini",
    man: "Arjun Rohan Vikram Aditya Karthik Rahul Sanjay Imran Nikhil Siddharth Anand Varun Dev Farhan Harish Manoj",
  },
  chinese: {
    woman: "Mei Xinyi Li-Na Yuhan Jing Wenwen Hui-Min Xiaoyu Shuting Yan Qing Fang",
    man: "Wei Jun Haoran Zhiyuan Ming Jian Yifan Cheng Tao Bo Kai-Wen Guang",
  },
  japanese: {
    woman: "Yui Sakura Haruka Aoi Misaki Emi Naoko Kaori Rin Chihiro Ayumi Sachiko",
    man: "Haruto Ren Takumi Daichi Kenji Sho Yuto Hiroshi Kazuki Satoshi Makoto Ryo",
  },
  korean: {
    woman: "Ji-woo Seo-yeon Min-ji Ha-eun Yuna Eun-kyung Soo-jin Da-hye Chae-won Mi-sook",
    man: "Min-jun Seo-jun Ji-ho Hyun-woo Jae-won Dong-hyun Sung-min Tae-yang Young-ho Woo-jin",
  },
} as const satisfies Record<string, NamesOf>;

const anybodys =
  "Alex Robin Sascha Kim Noa Charlie Sky Jules Ari Quinn Rowan Luca Remi Andrea Nikita Devon Emery Indigo Onyx Wren Marlo Ash Toni Sol".split(
    " ",
  );

export type Culture = keyof typeof names;
export const cultures = Object.keys(names) as Culture[];

/** A first name; a few people go by two, or by one that tells no gender. */
export function nameOf(dice: Dice, culture: Culture, gender: Gender): string {
  if (gender === "nonbinary" && dice.chance(0.7)) return dice.pick(anybodys);
  const list = names[culture][gender === "nonbinary" ? dice.pick(["woman", "man"] as const) : gender].split(" ");
  if (dice.chance(0.015)) return dice.pick(anybodys);
  return dice.chance(0.03) ? dice.sample(list, 2).join(" ") : dice.pick(list);
}
