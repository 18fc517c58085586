using Nashi.TestKit;
using System.Diagnostics;

namespace Nashi.Fuzz.Guided;

/// <summary>Bends inputs and keeps those that reach what none reached before.</summary>
internal sealed class GuidedFuzzer(Target target, CoverageMap map, Action<byte[]> announce)
{
    private const int Longest = 8 * 1024;
    private const int TrimTries = 60;

    private readonly List<byte[]> _kept = [];
    private readonly Dictionary<string, byte[]> _faults = [];

    /// <summary>How many inputs were tried.</summary>
    public long Tried { get; private set; }

    /// <summary>How many of them were accepted.</summary>
    public long Accepted { get; private set; }

    /// <summary>What went wrong, each kind once, and the input that did it.</summary>
    public IReadOnlyDictionary<string, byte[]> Faults => _faults;

    /// <summary>Runs for a time.</summary>
    public void Run(IEnumerable<byte[]> seeds, TimeSpan time, ulong seed)
    {
        foreach (var input in seeds) Take(input);
        if (_kept.Count == 0) _kept.Add([]);
        var mutator = new Mutator(_kept, seed);
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < time;)
        {
            for (var i = 0; i < 100; i++) Take(mutator.Next());
        }
    }

    /// <summary>The shortest inputs that together reach all that was reached, up to so many bytes.</summary>
    public IReadOnlyList<byte[]> Minimise(int maxBytes)
    {
        HashSet<(int, byte)> reached = [];
        List<byte[]> chosen = [];
        foreach (var input in _kept.OrderBy(input => input.Length))
        {
            Execute(input);
            if (maxBytes < input.Length || !map.Features().Aggregate(false, (any, feature) => reached.Add(feature) || any)) continue;
            chosen.Add(input);
            maxBytes -= input.Length;
        }

        return chosen;
    }

    private void Take(byte[] input)
    {
        if (input.Length > Longest) input = input[..Longest];
        Tried++;
        Accepted += Execute(input) ? 1 : 0;
        var fresh = map.Absorb();
        if (fresh.Count > 0) _kept.Add(Trim(input, fresh));
    }

    // Cuts pieces out, large ones first, while it still does what was new.
    private byte[] Trim(byte[] input, List<(int At, byte Level)> fresh)
    {
        var tries = TrimTries;
        for (var piece = input.Length / 2; piece > 0 && tries > 0; piece /= 2)
        {
            for (var at = 0; at + piece <= input.Length && tries-- > 0;)
            {
                byte[] shorter = [.. input[..at], .. input[(at + piece)..]];
                Execute(shorter);
                if (map.HasAll(fresh)) input = shorter;
                else at += piece;
            }
        }

        return input;
    }

    private bool Execute(byte[] input)
    {
        announce(input);
        map.Reset();
        var accepted = Trial.Run(target, input, out var fault);
        if (fault is not null) _faults.TryAdd(KindOf(fault), input);
        return accepted;
    }

    // The exception and where it was thrown; numbers in messages differ from input to input.
    private static string KindOf(string fault)
    {
        var lines = fault.Split('\n');
        return string.Concat(lines[0].Split(':')[0].Where(c => !char.IsAsciiDigit(c))) + string.Concat(lines.Skip(1).Take(2));
    }
}
