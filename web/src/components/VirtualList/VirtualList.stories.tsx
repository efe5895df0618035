import { VirtualList, type VirtualListProps } from "./VirtualList";

export default { title: "VirtualList" };

const NUMBERS = Array.from({ length: 10_000 }, (_, index) => index + 1);

function List(props: Partial<VirtualListProps<number>>) {
  return (
    <div style={{ display: "flex", flexDirection: "column", maxWidth: "24rem", height: "30rem" }}>
      <VirtualList
        label="Строки"
        items={NUMBERS}
        getKey={(number) => number}
        rowHeight={3}
        renderRow={(number, focus) => (
          <button type="button" {...focus} style={{ width: "100%", height: "100%" }}>
            Строка {number}
          </button>
        )}
        {...props}
      />
    </div>
  );
}

export const TenThousandRows = () => <List />;
export const RowsOfTwoHeights = () => <List rowHeight={(number) => (number % 5 === 0 ? 5 : 3)} />;
export const PlainRows = () => (
  <List isPlainRow={() => true} renderRow={(number) => <p>Строка {number}, которую только читают</p>} />
);
export const WithAFooter = () => <List items={NUMBERS.slice(0, 4)} footer={<p>Дальше загружается…</p>} />;
