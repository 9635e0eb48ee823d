import { notFound } from "next/navigation";
import { RolloutPage } from "#components/rollouts/page/RolloutPage.tsx";

export default async function Page({ params }: { params: Promise<{ number: string }> }) {
  const { number } = await params;
  if (!/^[1-9]\d{0,8}$/.test(number)) notFound();
  return <RolloutPage number={Number(number)} />;
}
