namespace Nashi.Laboratory.Cases;

/// <summary>Something that happens to a live connection between two seconds of its life, and how long it is watched.</summary>
internal sealed record Disturbance(
    string Name, string Server, string Client, double Begins, double Ends, Action<Scene>? Begin, Action<Scene>? End, Bound Bound, int Seconds);
