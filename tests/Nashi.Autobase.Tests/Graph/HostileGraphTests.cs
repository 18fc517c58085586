using Nashi.Autobase.Graph;
using Nashi.Autobase.Messages;

namespace Nashi.Autobase.Tests.Graph;

/// <summary>Graphs that no honest writer makes: the linearizer takes or refuses each node, keeps its books right and never throws.</summary>
public sealed class HostileGraphTests
{
    [Fact]
    public void Linearizer_GraphsOfNonsense_KeepsItsBooks()
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            var dice = new Dice(seed);
            var keys = Enumerable.Range(0, dice.Between(1, 5)).Select(_ => dice.Key()).ToArray();
            var linearizer = new Linearizer([.. keys.Take(dice.Between(1, keys.Length)).Select(key => new WriterHead(key, 0))], []);
            foreach (var key in keys) linearizer.AddWriter(key, 0);
            var (added, indexed) = Feed(dice, linearizer, [.. keys.Select(key => linearizer.Writer(key)!)]);
            Assert.True(added == indexed + linearizer.Count, $"seed {seed}: {added} ≠ {indexed} + {linearizer.Count}");
        }
    }

    [Fact]
    public void Linearizer_NodeThatNamesAnotherTwice_IsRefused()
    {
        var key = new Dice(1).Key();
        var linearizer = new Linearizer([new(key, 0)], []);
        var other = linearizer.AddWriter(new Dice(2).Key(), 0);
        Assert.NotNull(linearizer.TryAdd(other, new OplogMessage { Value = [1] }));
        var head = new WriterHead(other.Key, 1);
        Assert.Null(linearizer.TryAdd(linearizer.Writer(key)!, new OplogMessage { Heads = [head, head] }));
        Assert.Equal(1, linearizer.Count);
    }

    private static (int Added, int Indexed) Feed(Dice dice, Linearizer linearizer, GraphWriter[] writers)
    {
        var (added, indexed) = (0, 0);
        for (var turn = 0; turn < 80; turn++)
        {
            var writer = writers[dice.Below(writers.Length)];
            var links = new List<WriterHead>();
            for (var i = dice.Below(4); i > 0; i--)
            {
                var to = writers[dice.Below(writers.Length)];
                links.Add(new(to.Key, (ulong)dice.Below((int)to.Length + (to == writer ? 4 : 1))));
            }

            if (dice.OneIn(2)) links.AddRange(linearizer.GetHeads());
            var message = new OplogMessage { Heads = links, Batch = (ulong)(dice.OneIn(4) ? dice.Below(4) : 1), Value = dice.OneIn(2) ? [1] : null, IsOptimistic = dice.OneIn(5) };
            Assert.Null(linearizer.MissingFor(writer.Key, message));
            if (linearizer.TryAdd(writer, message) is not null) added++;
            if (dice.OneIn(3)) indexed += linearizer.Update()?.Indexed.Count ?? 0;
            foreach (var one in writers) linearizer.ShouldAck(one, dice.OneIn(2));
        }

        return (added, indexed);
    }
}
