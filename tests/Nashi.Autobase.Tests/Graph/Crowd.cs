using Nashi.Autobase.Graph;
using Nashi.Autobase.Messages;
using Nashi.Encoding;

namespace Nashi.Autobase.Tests.Graph;

/// <summary>Many writers who append, hear of each other, are cut off and crash: all of it follows from the seed.</summary>
/// <remarks>Every place keeps what it heard on a disk of its own; a crash loses the rest, and the place goes on from what was final there.</remarks>
internal sealed class Crowd
{
    private readonly Dice _dice;
    private readonly CrowdPlace[] _places;
    private readonly List<(int Writer, ulong Length)> _order = [];

    public Crowd(ulong seed, int writers, int indexers)
    {
        (Seed, _dice) = (seed, new(seed));
        Keys = [.. Enumerable.Range(0, writers).Select(_ => _dice.Key())];
        Logs = [.. Keys.Select(_ => new List<OplogMessage>())];
        Indexers = indexers;
        _places = [.. Keys.Select((_, writer) => new CrowdPlace(this, writer))];
    }

    public ulong Seed { get; }

    public CoreKey[] Keys { get; }

    public List<OplogMessage>[] Logs { get; }

    /// <summary>So many of the writers, from the first, are indexers.</summary>
    public int Indexers { get; }

    public int Crashes { get; private set; }

    /// <summary>How many nodes are in the order for good at the place that is furthest.</summary>
    public int Final => _order.Count;

    /// <summary>Plays until so many values were appended.</summary>
    public void Play(int values)
    {
        var side = new int[_places.Length];
        for (var done = 0; done < values;)
        {
            if (_dice.OneIn(40 * _places.Length)) side = [.. side.Select(_ => _dice.Below(_dice.Between(1, 3)))];
            var place = _places[_dice.Below(_places.Length)];
            for (var i = 0; i < 3; i++)
            {
                var other = _places[_dice.Below(_places.Length)];
                if (side[place.Writer] == side[other.Writer]) place.Hear(other);
            }

            place.Update();
            if (_dice.OneIn(200))
            {
                place.Crash();
                Crashes++;
            }

            if (_dice.OneIn(2))
            {
                place.Append(hasValue: true);
                done++;
            }
            else if (place.ShouldAck())
            {
                place.Append(hasValue: false);
            }
        }
    }

    /// <summary>Lets everybody hear everything, and indexers acknowledge; then says what every place has.</summary>
    public List<string> Settle()
    {
        for (var round = 0; round < 4; round++)
        {
            foreach (var place in _places)
            {
                foreach (var other in _places) place.Hear(other);
                place.Update();
                if (place.ShouldAck()) place.Append(hasValue: false);
            }
        }

        foreach (var place in _places)
        {
            foreach (var other in _places) place.Hear(other);
            place.Update();
        }

        return [.. _places.Select(place => place.Describe())];
    }

    public int NumberOf(CoreKey key) => Array.IndexOf(Keys, key);

    /// <summary>A place has this node at this place of the order for good: everybody has, or will have.</summary>
    public void Decide(int place, int writer, ulong length)
    {
        if (place == _order.Count) _order.Add((writer, length));
        else Assert.True(_order[place] == (writer, length), $"seed {Seed}: place {place} holds {_order[place]} here and ({writer}, {length}) there");
    }
}
