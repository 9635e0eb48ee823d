import { AppError } from "../../errors/appError.ts";
import { me } from "../../services/session/me.ts";
import { type ApiRoute, route } from "../apiRoute.ts";
import { meAnswer } from "../schemas/meSchemas.ts";

export const meRoutes: ApiRoute[] = [
  route({
    method: "GET",
    path: "/me",
    id: "getMe",
    tag: "Yourself",
    summary: "Say who is calling",
    operation: "look",
    answer: meAnswer,
    async handle({ ctx }) {
      const person = me({ ctx });
      if (person === null) throw new AppError("UNAUTHENTICATED", "sign in first");
      return { body: person };
    },
  }),
];
